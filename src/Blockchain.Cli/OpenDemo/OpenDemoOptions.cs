namespace Blockchain.Cli.OpenDemo;

/// <summary>What the demonstration of the open network runs with.</summary>
/// <param name="Data">Data folder of all processes.</param>
/// <param name="Blocks">Ends after so many blocks.</param>
/// <param name="AreBlocksWanted">Whether a person asked for that number; else a slow machine may end with
/// fewer.</param>
/// <param name="Spacing">How far apart blocks should come.</param>
/// <param name="Slow">How long the slow node holds its blocks back.</param>
internal sealed record OpenDemoOptions(
    string Data, int Blocks, bool AreBlocksWanted, TimeSpan Spacing, TimeSpan Slow);
