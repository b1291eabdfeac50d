using System.Text.RegularExpressions;

namespace Blockchain.Tests.Tidy;

/// <summary>
/// Rules about the text of the code. The numbers are a ratchet and not a target: they may fall and must not rise.
/// </summary>
public sealed partial class TextTests
{
    private const int MaxColumns = 120;
    private const int MaxFileLines = 600;
    private const int MaxMethodLines = 70;

    // Put together here, so that this file does not break the rules that it states.
    private static readonly string[] LeftOvers =
        ["TO" + "DO", "FIX" + "ME", "XX" + "X:", "NotImplemented" + "Exception", "Thread." + "Sleep("];

    private static readonly string[] MachinePaths =
        ["/wo" + "rk/", "/ho" + "me/", "/ro" + "ot/", "/tmp/br" + "ief", "C:" + "\\Users"];

    private static IEnumerable<string> Sources =>
        Repository.Files("src", "*.cs").Concat(Repository.Files("tests", "*.cs"));

    private static IEnumerable<string> Texts =>
        Repository.Files("src").Concat(Repository.Files("tests")).Concat(Repository.Files("scripts"))
            .Concat(["README.md", "Directory.Build.props", "Directory.Packages.props"])
            .Where(path => File.Exists(Repository.PathOf(path)) && IsText(path));

    [Fact]
    public void No_line_of_code_is_longer_than_120_columns() =>
        Offences(Sources, static line => line.Length > MaxColumns).Should().BeEmpty();

    [Fact]
    public void No_file_of_code_is_longer_than_600_lines() =>
        Sources.Where(path => File.ReadLines(Repository.PathOf(path)).Count() > MaxFileLines).Should().BeEmpty();

    [Fact]
    public void No_method_is_longer_than_70_lines() =>
        Sources.SelectMany(path => MethodLengths.In(path, File.ReadAllLines(Repository.PathOf(path))))
            .Where(method => method.Lines > MaxMethodLines)
            .Select(method => $"{method.Place}: {method.Lines} lines: {method.Header}")
            .Should().BeEmpty();

    [Fact]
    public void The_length_of_a_method_is_counted_from_its_first_line_to_its_closing_brace()
    {
        string[] lines =
        [
            "public sealed class A(",
            "    int a)",
            "{",
            "    public void B(",
            "        int b)",
            "    {",
            "        if (b > 0)",
            "        {",
            "            b--;",
            "        }",
            "    }",
            "}",
        ];

        MethodLengths.In("a.cs", lines).Should().Equal(
            new MethodLengths.Method("a.cs:4", "public void B(", 8),
            new MethodLengths.Method("a.cs:7", "if (b > 0)", 4));
    }

    [Fact]
    public void Nothing_is_left_for_later_and_no_test_sleeps() =>
        Offences(Sources, static line => LeftOvers.Any(line.Contains)).Should().BeEmpty();

    [Fact]
    public void No_text_names_a_place_on_somebody_s_machine() =>
        Offences(Texts, static line => MachinePaths.Any(line.Contains)).Should().BeEmpty();

    [Fact]
    public void What_the_product_says_is_said_without_an_exclamation_mark() =>
        Offences(
                Repository.Files("src", "*.cs"),
                static line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)
                    && Literal().Matches(line).Any(literal => Exclamation().IsMatch(literal.Value)))
            .Should().BeEmpty();

    [Fact]
    public void Every_test_file_asserts_something() =>
        Repository.Files("tests", "*Tests.cs")
            .Where(path => File.ReadAllText(Repository.PathOf(path)) is var text
                && !text.Contains(".Should()", StringComparison.Ordinal)
                && !text.Contains(".Holds()", StringComparison.Ordinal))
            .Should().BeEmpty();

    [Fact]
    public void Tests_listen_on_no_fixed_port_and_never_beyond_this_machine() =>
        Offences(
                Repository.Files("tests", "*.cs"),
                static line => line.Contains("http://0.0." + "0.0", StringComparison.Ordinal))
            .Should().BeEmpty();

    private static IEnumerable<string> Offences(IEnumerable<string> paths, Func<string, bool> offends) =>
        paths.SelectMany(path => File.ReadLines(Repository.PathOf(path))
            .Select((line, i) => (line, place: $"{path}:{i + 1}"))
            .Where(each => offends(each.line))
            .Select(each => $"{each.place}: {each.line.Trim()}"));

    private static bool IsText(string path) =>
        Path.GetExtension(path) is ".cs" or ".md" or ".csproj" or ".props" or ".json" or ".sh" or ".py" or ".txt" or ""
            or ".pml" or ".tla" or ".yml" or ".service";

    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.)*\"")]
    private static partial Regex Literal();

    [GeneratedRegex("\\w!(?:\\s|\"|$)")]
    private static partial Regex Exclamation();
}
