using Blockchain.Wire.Terminal;

namespace Blockchain.Tests.Terminal;

public sealed class LineEditorTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string[] Words = ["all", "balance", "balcony", "bank"];
    private readonly FakeTerminal _terminal = new();
    private readonly LineHistory _history = new(null);
    private readonly LineEditor _editor;

    public LineEditorTests()
    {
        _editor = new LineEditor(_terminal, _history, Complete);
    }

    private Screen Screen => _terminal.Screen;

    public void Dispose() => _terminal.Dispose();

    [Fact]
    public async Task What_is_typed_is_shown_and_returned()
    {
        Task<string?> line = ReadAsync();
        _terminal.Type("t 2 1");
        await Screen.UntilLineAsync("> t 2 1|");
        _terminal.Type("\r");

        (await line.WaitAsync(Patience)).Should().Be("t 2 1");
        Screen.Rows.Should().StartWith("> t 2 1");
    }

    public static readonly TheoryData<string, string> Typed = new()
    {
        // Control characters as terminals send them; a bar for the cursor.
        { "abc\u0001x", "> x|abc" },
        { "abc\u0001\u0005x", "> abcx|" },
        { "abc\u0002\u0002x", "> ax|bc" },
        { "abc\u0001\u0006x", "> ax|bc" },
        { "abc\u0002\u000b", "> ab|" },
        { "abc\u0002\u0015", "> |c" },
        { "t 2 10\u0017", "> t 2 |" },
        { "ab c\u0017\u0019\u0019", "> ab cc|" },
        { "ab\u0014", "> ba|" },
        { "abc\u007f\u0008", "> a|" },
        { "abc\u0001\u0004", "> |bc" },
        { "日本\u0002x", "> 日x|本" },
        { "e\u0301x\u0002\u007fy", "> y|x" },
        { "a😀b\u0002\u007f", "> a|b" },
        { "\u001d\u0007x", "> x|" },
    };

    [Theory]
    [MemberData(nameof(Typed))]
    public async Task Keys_edit_as_in_other_shells(string typed, string shown)
    {
        Task<string?> line = ReadAsync();
        _terminal.Type(typed);
        await Screen.UntilLineAsync(shown);
        _terminal.Type("\r");

        (await line.WaitAsync(Patience)).Should().Be(shown[2..].Replace("|", string.Empty, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Arrows_move_by_characters_and_with_ctrl_or_alt_by_words()
    {
        _ = ReadAsync();
        _terminal.Type("one two");
        _terminal.Press(ConsoleKey.LeftArrow);
        await Screen.UntilLineAsync("> one tw|o");
        _terminal.Press(ConsoleKey.LeftArrow, ConsoleModifiers.Control);
        await Screen.UntilLineAsync("> one |two");
        _terminal.Alt('b');
        await Screen.UntilLineAsync("> |one two");
        _terminal.Alt('f');
        await Screen.UntilLineAsync("> one| two");
        _terminal.Press(ConsoleKey.RightArrow);
        _terminal.Press(ConsoleKey.Delete);
        await Screen.UntilLineAsync("> one |wo");
        _terminal.Press(ConsoleKey.Home);
        _terminal.Alt('d');
        await Screen.UntilLineAsync("> | wo");
        _terminal.Press(ConsoleKey.End);
        _terminal.Press(ConsoleKey.Backspace, ConsoleModifiers.Alt);
        await Screen.UntilLineAsync(">  |");
    }

    [Fact]
    public async Task A_character_that_a_keyboard_has_on_ctrl_and_alt_is_typed()
    {
        _ = ReadAsync();
        _terminal.Press(ConsoleKey.Q, ConsoleModifiers.Control | ConsoleModifiers.Alt, '@');
        _terminal.Press(ConsoleKey.E, ConsoleModifiers.Control | ConsoleModifiers.Alt, '€');
        await Screen.UntilLineAsync("> @€|");
        Screen.Line.Should().Be("> @€|");
    }

    [Fact]
    public async Task Arrow_up_brings_earlier_lines_and_arrow_down_the_draft()
    {
        await ReadAsync("first\r");
        await ReadAsync("second\r");
        _ = ReadAsync();
        _terminal.Type("dra");
        _terminal.Press(ConsoleKey.UpArrow);
        await Screen.UntilLineAsync("> second|");
        _terminal.Control('p');
        _terminal.Press(ConsoleKey.UpArrow);
        await Screen.UntilLineAsync("> first|");
        _terminal.Press(ConsoleKey.DownArrow);
        _terminal.Control('n');
        await Screen.UntilLineAsync("> dra|");
        Screen.Rows.Should().Equal("> first", "> second", "> dra");
    }

    [Fact]
    public async Task Ctrl_R_searches_backwards_and_enter_takes_what_is_found()
    {
        foreach (string line in (string[])["t 2 1", "balance", "t 2 5", "why"])
        {
            await ReadAsync($"{line}\r");
        }

        Task<string?> found = ReadAsync();
        _terminal.Type("\u0012t 2");
        await Screen.UntilLineAsync("(search) 't 2': t 2 5|");
        _terminal.Control('r');
        await Screen.UntilLineAsync("(search) 't 2': t 2 1|");
        _terminal.Control('r');
        await Screen.UntilLineAsync("(nothing found) 't 2': t 2 1|");
        _terminal.Type("\r");

        (await found.WaitAsync(Patience)).Should().Be("t 2 1");
    }

    [Theory]
    [InlineData('g')]
    [InlineData('c')]
    public async Task A_search_that_is_given_up_leaves_the_line_as_it_was(char key)
    {
        await ReadAsync("balance\r");
        _ = ReadAsync();
        await Screen.UntilAsync(screen => screen.Rows.Length == 2 && screen.Line == "> |", "the second prompt");
        _terminal.Type("half\u0012bal");
        await Screen.UntilLineAsync("(search) 'bal': balance|");
        _terminal.Control(key);
        await Screen.UntilLineAsync("> half|");
        Screen.Line.Should().Be("> half|");
    }

    [Fact]
    public async Task Another_key_ends_the_search_and_edits_what_was_found()
    {
        await ReadAsync("balance 2\r");
        _ = ReadAsync();
        _terminal.Type("\u0012bax\u007f\u0001t");
        await Screen.UntilLineAsync("> t|balance 2");
        Screen.Line.Should().Be("> t|balance 2");
    }

    [Fact]
    public async Task Tab_completes_as_far_as_it_is_clear_and_lists_the_rest_the_second_time()
    {
        _ = ReadAsync();
        _terminal.Type("al\t");
        await Screen.UntilLineAsync("> all |");
        _terminal.Type(";b\t");
        await Screen.UntilLineAsync("> all ;ba|");
        _terminal.Type("\t\t");
        await Screen.UntilRowAsync("balance  balcony  bank");
        await Screen.UntilLineAsync("> all ;ba|");
        _terminal.Type("x\t\t");
        await Screen.UntilLineAsync("> all ;bax|");
        Screen.Rows.Should().Equal("balance  balcony  bank", "> all ;bax");
    }

    [Fact]
    public async Task Tab_in_the_middle_of_a_line_keeps_what_follows()
    {
        _ = ReadAsync();
        _terminal.Type("al 5\u0002\u0002\t");
        await Screen.UntilLineAsync("> all| 5");
        Screen.Line.Should().Be("> all| 5");
    }

    [Fact]
    public async Task A_notice_appears_above_a_half_typed_line()
    {
        _ = ReadAsync();
        _terminal.Type("t 2 \u0002");
        await Screen.UntilLineAsync("> t 2|");
        _editor.Notice("one\ntwo \u001b[31mred");
        await Screen.UntilLineAsync("> t 2|");
        _terminal.Type("5");

        await Screen.UntilLineAsync("> t 25|");
        Screen.Rows.Should().Equal("one", "two ?[31mred", "> t 25");
    }

    [Fact]
    public async Task Ctrl_C_leaves_the_line_for_a_new_one_and_the_history_for_its_end()
    {
        await ReadAsync("first\r");
        Task<string?> line = ReadAsync();
        await Screen.UntilAsync(screen => screen.Rows.Length == 2 && screen.Line == "> |", "the second prompt");
        _terminal.Press(ConsoleKey.UpArrow);
        _terminal.Type(" more\u0003");
        await Screen.UntilRowAsync("^C");
        await Screen.UntilLineAsync("> |");
        Screen.Rows.Should().Equal("> first", "> first more^C", ">");
        _terminal.Press(ConsoleKey.UpArrow);
        _terminal.Type("\r");

        (await line.WaitAsync(Patience)).Should().Be("first");
    }

    [Fact]
    public async Task Ctrl_D_leaves_on_an_empty_line_only()
    {
        Task<string?> line = ReadAsync();
        _terminal.Type("a\u0001\u0004\u0004");

        (await line.WaitAsync(Patience)).Should().BeNull();
        Screen.Rows.Should().StartWith(">");
    }

    [Fact]
    public async Task Ctrl_L_empties_the_screen_and_keeps_the_line()
    {
        _editor.Notice("old");
        _ = ReadAsync();
        _terminal.Type("new\u000c");
        await Screen.UntilAsync(screen => screen.Rows.Length == 1 && screen.Line == "> new|", "the line alone");
        Screen.Rows.Should().Equal("> new");
    }

    [Fact]
    public async Task What_is_typed_while_nobody_reads_is_the_next_line_and_nothing_is_shown_twice()
    {
        await ReadAsync("one\rtwo\rthree");
        (await ReadAsync().WaitAsync(Patience)).Should().Be("two");
        _ = ReadAsync();
        await Screen.UntilLineAsync("> three|");
        Screen.Rows.Should().Equal("> one", "> two", "> three");
    }

    [Fact]
    public async Task Ctrl_C_while_nobody_reads_interrupts_and_drops_what_was_typed_ahead()
    {
        TaskCompletionSource interrupted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _editor.Interrupted += interrupted.SetResult;
        await ReadAsync("slow\r");
        _terminal.Type("typed ahead\r\u0003");
        await interrupted.Task.WaitAsync(Patience);

        await ReadAsync("next\r");
        Screen.Rows.Should().StartWith(["> slow", "> next"]);
    }

    [Fact]
    public async Task A_long_line_scrolls_sideways_in_one_row_and_is_printed_whole_at_its_end()
    {
        string text = string.Concat(Enumerable.Repeat("0123456789", 5));
        Task<string?> line = ReadAsync();
        _terminal.Type(text);
        await Screen.UntilLineAsync("> 345678901234567890123456789" + "0123456789|");
        Screen.Rows.Should().ContainSingle();
        _terminal.Type("\u0001");
        await Screen.UntilLineAsync("> |" + text[..37]);
        _terminal.Type("\r");

        (await line.WaitAsync(Patience)).Should().Be(text);
        Screen.Rows.Should().StartWith(["> " + text[..38], text[38..]]);
    }

    [Fact]
    public async Task A_window_that_becomes_narrow_shows_a_shorter_prompt()
    {
        _ = Task.Run(() => _editor.ReadLine(() => "client 3 @10> "));
        _terminal.Type("why");
        await Screen.UntilLineAsync("client 3 @10> why|");
        _terminal.Resize(12);
        await Screen.UntilLineAsync("> why|");
        Screen.Line.Should().Be("> why|");
    }

    [Fact]
    public async Task A_prompt_that_changes_is_drawn_again()
    {
        int clock = 1;
        _ = Task.Run(() => _editor.ReadLine(() => $"@{Volatile.Read(ref clock)}> "));
        _terminal.Type("x");
        await Screen.UntilLineAsync("@1> x|");
        Volatile.Write(ref clock, 10);
        _editor.Refresh();
        await Screen.UntilLineAsync("@10> x|");
        Screen.Rows.Should().Equal("@10> x");
    }

    [Fact]
    public async Task A_terminal_that_goes_away_ends_the_reading()
    {
        Task<string?> line = ReadAsync();
        _terminal.Type("half");
        _terminal.HangUp();
        (await line.WaitAsync(Patience)).Should().BeNull();
    }

    [Fact]
    public async Task A_line_is_bounded()
    {
        Task<string?> line = ReadAsync();
        _terminal.Type(new string('x', 20_000));
        _terminal.Type("\r");
        (await line.WaitAsync(Patience)).Should().HaveLength(16_384);
    }

    private static string[] Complete(string before)
    {
        string last = before[(before.LastIndexOfAny([' ', ';']) + 1)..];
        return [.. Words.Where(word => word.StartsWith(last, StringComparison.Ordinal))];
    }

    private Task<string?> ReadAsync() => Task.Run(() => _editor.ReadLine(() => "> "));

    private async Task ReadAsync(string typed)
    {
        Task<string?> line = ReadAsync();
        _terminal.Type(typed);
        await line.WaitAsync(Patience);
    }
}
