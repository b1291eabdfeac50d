namespace Blockchain.Tests.Node;

/// <summary>A folder of one test's own, gone after it.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("blockchain-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
