using Blockchain.Wire.Terminal;

namespace Blockchain.Tests.Terminal;

public sealed class LineHistoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("blockchain-test-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "deep", "history");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Blank_lines_and_repetitions_in_a_row_are_not_kept()
    {
        LineHistory history = Of("a", "", "  ", "b", "b", "a");
        history.Lines.Should().Equal("a", "b", "a");
    }

    [Fact]
    public void Up_and_down_walk_through_the_lines_and_return_to_what_was_being_typed()
    {
        LineHistory history = Of("one", "two");
        history.Previous("dra").Should().Be("two");
        history.Previous("two").Should().Be("one");
        history.Previous("one").Should().BeNull();
        history.Next().Should().Be("two");
        history.Next().Should().Be("dra");
        history.Next().Should().BeNull();
    }

    [Fact]
    public void A_line_that_is_left_starts_at_the_end_again()
    {
        LineHistory history = Of("one", "two");
        history.Previous(string.Empty);
        history.Previous(string.Empty);
        history.ToEnd();
        history.Previous(string.Empty).Should().Be("two");
    }

    [Theory]
    [InlineData("t 2", 3, 2)]
    [InlineData("T 2", 2, 0)]
    [InlineData("x", 3, -1)]
    [InlineData("p", 9, 1)]
    public void A_search_goes_backwards_and_ignores_case(string text, int before, int place) =>
        Of("t 2 1", "print", "t 2 5").Search(text, before).Should().Be(place);

    [Fact]
    public void Lines_are_kept_in_a_file_for_the_next_time_and_only_for_this_user()
    {
        new LineHistory(Path).Add("t 2 1");
        LineHistory second = new(Path);
        second.Add("日本");

        new LineHistory(Path).Lines.Should().Equal("t 2 1", "日本");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public void Two_prompts_that_share_a_file_both_leave_their_lines()
    {
        LineHistory first = new(Path);
        LineHistory second = new(Path);
        first.Add("a");
        second.Add("b");
        first.Add("c");

        new LineHistory(Path).Lines.Should().Equal("a", "b", "c");
    }

    [Fact]
    public void Only_the_last_thousand_lines_are_kept_in_memory_and_at_last_in_the_file()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        File.WriteAllLines(Path, Enumerable.Range(1, 2_001).Select(number => $"line {number}"));

        LineHistory history = new(Path);
        history.Add("last");

        history.Lines.Should().HaveCount(1_000).And.StartWith("line 1003").And.EndWith("last");
        File.ReadAllLines(Path).Should().HaveCount(1_001);
    }

    [Fact]
    public void A_line_with_control_characters_in_the_file_is_left_out()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        File.WriteAllText(Path, "a\n\u001b[2Jb\nc\n");
        new LineHistory(Path).Lines.Should().Equal("a", "c");
    }

    [Fact]
    public void A_file_that_cannot_be_used_costs_the_history_and_not_the_prompt()
    {
        LineHistory history = new(_folder);
        history.Add("a");
        history.Previous(string.Empty).Should().Be("a");
    }

    private static LineHistory Of(params string[] lines)
    {
        LineHistory history = new(null);
        foreach (string line in lines)
        {
            history.Add(line);
        }

        return history;
    }
}
