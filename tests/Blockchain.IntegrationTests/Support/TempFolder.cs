namespace Blockchain.IntegrationTests.Support;

/// <summary>A folder that exists as long as a test needs it.</summary>
public sealed class TempFolder : IDisposable
{
    public TempFolder()
    {
        Path = Directory.CreateTempSubdirectory("blockchain-test-").FullName;
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>A path below it.</summary>
    public string Sub(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A process that a failing test left behind still writes there; the system's cleaning takes it away.
        }
        catch (UnauthorizedAccessException)
        {
            // The same on Windows, for files that are open.
        }
    }
}
