using Blockchain.Wire.Terminal;

namespace Blockchain.Tests.Terminal;

public sealed class TextWidthTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("abc", 3)]
    [InlineData("é", 1)]
    [InlineData("e\u0301", 1)]
    [InlineData("日本", 4)]
    [InlineData("ｶ", 1)]
    [InlineData("Ａ", 2)]
    [InlineData("한글", 4)]
    [InlineData("😀", 2)]
    [InlineData("a\u200bb", 2)]
    [InlineData("a\u0007b", 2)]
    public void Columns_are_counted_as_terminals_count_them(string text, int columns) =>
        CharacterWidth.Of(text).Should().Be(columns);

    [Theory]
    [InlineData("abc", 3, 20, "abc", 5)]
    [InlineData("abc", 0, 20, "abc", 2)]
    [InlineData("abcdefghij", 10, 10, "defghij", 9)]
    [InlineData("abcdefghij", 0, 10, "abcdefg", 2)]
    [InlineData("abcdefghij", 8, 10, "bcdefgh", 9)]
    [InlineData("日本語文字", 5, 10, "語文字", 8)]
    [InlineData("日本語文字", 0, 10, "日本語", 2)]
    [InlineData("ae\u0301ae\u0301ae\u0301ae\u0301", 12, 8, "e\u0301ae\u0301ae\u0301", 7)]
    [InlineData("abc", 3, 1, "c", 3)]
    public void A_line_is_scrolled_so_that_the_cursor_is_seen_and_the_last_column_stays_free(
        string text, int cursor, int columns, string visible, int cursorColumn)
    {
        LineView view = LineView.Of(2, text, cursor, columns);
        view.Visible.Should().Be(visible);
        view.CursorColumn.Should().Be(cursorColumn);
    }

    [Fact]
    public void A_table_aligns_wide_characters_and_ends_no_line_with_blanks()
    {
        TextTable table = new(">id", "name", ">balance", "note");
        table.Add("1", "日本", "10.00", "");
        table.Add("12", "alice", "7.50", "x");

        table.Lines().Should().Equal(
            "id  name   balance  note",
            " 1  日本     10.00",
            "12  alice     7.50  x");
        FluentActions.Invoking(() => table.Add("1")).Should().Throw<ArgumentException>();
    }

    [Theory]
    [InlineData("plain\ntext", "plain\ntext")]
    [InlineData("\u001b[2Jgone", "?[2Jgone")]
    [InlineData("a\u202eb\r\u009b", "a?b??")]
    public void Text_of_others_cannot_steer_the_terminal(string text, string shown) =>
        PlainText.Of(text).Should().Be(shown);

    [Theory]
    [InlineData("tranfer", "transfer")]
    [InlineData("TRANSFRE", "transfer")]
    [InlineData("blance", "balance")]
    [InlineData("queueue", "queue")]
    [InlineData("al", "all")]
    [InlineData("xyzzy", null)]
    [InlineData("", null)]
    public void The_nearest_word_is_suggested_and_nothing_that_is_far_off(string word, string? nearest) =>
        Suggestion.Nearest(word, ["transfer", "balance", "queue", "all"]).Should().Be(nearest);
}
