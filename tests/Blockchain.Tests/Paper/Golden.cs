namespace Blockchain.Tests.Paper;

/// <summary>
/// Compares a story with the one in the folder <c>traces</c>. With BLOCKCHAIN_UPDATE=1 in the environment the file is
/// written anew; read the difference before committing it.
/// </summary>
internal static class Golden
{
    public static void Matches(string name, string text)
    {
        string path = Repository.PathOf("tests", "Blockchain.Tests", "traces", name + ".txt");
        if (Environment.GetEnvironmentVariable("BLOCKCHAIN_UPDATE") == "1")
        {
            File.WriteAllText(path, text);
        }

        text.Should().Be(File.ReadAllText(path).ReplaceLineEndings("\n"), "of the trace {0}", name);
    }
}
