using Blockchain.Wire.Terminal;

namespace Blockchain.Tests.Terminal;

public sealed class LineBufferTests
{
    // A bar stands for the cursor.
    public static readonly TheoryData<string, string, string> Actions = new()
    {
        { "ab|c", nameof(LineBuffer.Left), "a|bc" },
        { "|abc", nameof(LineBuffer.Left), "|abc" },
        { "ab|c", nameof(LineBuffer.Right), "abc|" },
        { "abc|", nameof(LineBuffer.Right), "abc|" },
        { "e\u0301|x", nameof(LineBuffer.Left), "|e\u0301x" },
        { "|😀x", nameof(LineBuffer.Right), "😀|x" },
        { "ab|c", nameof(LineBuffer.Home), "|abc" },
        { "ab|c", nameof(LineBuffer.End), "abc|" },
        { "pay 12.50|", nameof(LineBuffer.WordLeft), "pay 12.|50" },
        { "pay  |now", nameof(LineBuffer.WordLeft), "|pay  now" },
        { "|  pay now", nameof(LineBuffer.WordRight), "  pay| now" },
        { "pay now|", nameof(LineBuffer.WordRight), "pay now|" },
        { "ab|c", nameof(LineBuffer.Backspace), "a|c" },
        { "|abc", nameof(LineBuffer.Backspace), "|abc" },
        { "日本|", nameof(LineBuffer.Backspace), "日|" },
        { "ae\u0301|", nameof(LineBuffer.Backspace), "a|" },
        { "a😀|", nameof(LineBuffer.Backspace), "a|" },
        { "a|bc", nameof(LineBuffer.Delete), "a|c" },
        { "abc|", nameof(LineBuffer.Delete), "abc|" },
        { "|e\u0301x", nameof(LineBuffer.Delete), "|x" },
        { "t 2| 10", nameof(LineBuffer.KillToEnd), "t 2|" },
        { "t 2| 10", nameof(LineBuffer.KillToStart), "| 10" },
        { "t 2 10  |x", nameof(LineBuffer.KillWord), "t 2 |x" },
        { "t \"a b\"|", nameof(LineBuffer.KillWord), "t \"a |" },
        { "|one two", nameof(LineBuffer.KillWordRight), "| two" },
        { "ab|c", nameof(LineBuffer.Transpose), "acb|" },
        { "abc|", nameof(LineBuffer.Transpose), "acb|" },
        { "|abc", nameof(LineBuffer.Transpose), "|abc" },
        { "a|", nameof(LineBuffer.Transpose), "a|" },
        { "日e\u0301|", nameof(LineBuffer.Transpose), "e\u0301日|" },
    };

    [Theory]
    [MemberData(nameof(Actions))]
    public void A_key_changes_the_line_by_whole_characters(string before, string action, string after)
    {
        LineBuffer buffer = Of(before);

        typeof(LineBuffer).GetMethod(action)!.Invoke(buffer, []);

        Shown(buffer).Should().Be(after);
    }

    [Theory]
    [InlineData(nameof(LineBuffer.KillToEnd), "a b|c d", "a bc d|")]
    [InlineData(nameof(LineBuffer.KillToStart), "a b|c d", "a b|c d")]
    [InlineData(nameof(LineBuffer.KillWord), "a b|c d", "a b|c d")]
    public void What_was_killed_is_typed_again(string kill, string before, string after)
    {
        LineBuffer buffer = Of(before);
        typeof(LineBuffer).GetMethod(kill)!.Invoke(buffer, []);
        buffer.Backspace();
        buffer.Insert(kill == nameof(LineBuffer.KillToEnd) ? "b" : string.Empty);

        buffer.Yank();

        Shown(buffer).Should().Be(kill == nameof(LineBuffer.KillWord) ? "ab|c d" : after);
    }

    [Fact]
    public void Text_is_typed_at_the_cursor()
    {
        LineBuffer buffer = Of("t |5");
        buffer.Insert("2 ");
        Shown(buffer).Should().Be("t 2 |5");
    }

    private static LineBuffer Of(string shown)
    {
        LineBuffer buffer = new();
        buffer.Set(shown.Replace("|", string.Empty, StringComparison.Ordinal), shown.IndexOf('|'));
        return buffer;
    }

    private static string Shown(LineBuffer buffer) => buffer.Text.Insert(buffer.Cursor, "|");
}
