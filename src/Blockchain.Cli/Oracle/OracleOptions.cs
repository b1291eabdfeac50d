namespace Blockchain.Cli.Oracle;

/// <summary>How the oracle pays.</summary>
/// <param name="Shortest">The shortest pause between two payments.</param>
/// <param name="Longest">The longest.</param>
/// <param name="Count">Stops after so many confirmed payments; null for no end.</param>
/// <param name="Seed">Decides who pays whom, how much and when.</param>
/// <param name="Depth">Confirmations that a payment waits for.</param>
/// <param name="Patience">The longest wait for them, and for a node that does not answer.</param>
internal sealed record OracleOptions(
    TimeSpan Shortest, TimeSpan Longest, int? Count, int Seed, int Depth, TimeSpan Patience);
