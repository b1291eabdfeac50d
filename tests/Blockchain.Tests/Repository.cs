namespace Blockchain.Tests;

/// <summary>The checkout that the tests were built from: some tests read its text.</summary>
internal static class Repository
{
    /// <summary>The folder that holds Blockchain.sln.</summary>
    public static string Root { get; } = Find();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Files below a folder, without what the build makes, by path relative to the root with '/'.</summary>
    public static IEnumerable<string> Files(string folder, string pattern = "*") =>
        Directory.Exists(PathOf(folder))
            ? Directory.EnumerateFiles(PathOf(folder), pattern, SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
                .Where(path => !path.Split('/').Any(part => part is "bin" or "obj" or ".git"))
                .Order(StringComparer.Ordinal)
            : [];

    private static string Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Blockchain.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName
            ?? throw new InvalidOperationException("The tests run from a checkout; no Blockchain.sln is above them.");
    }
}
