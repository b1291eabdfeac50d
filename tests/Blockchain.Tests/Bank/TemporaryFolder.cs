namespace Blockchain.Tests.Bank;

/// <summary>A folder of one test's own, gone after it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("blockchain-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
