namespace Blockchain.Client.Terminal;

/// <summary>What the prompt shows, refreshed by the session and read at every redraw: "3 @10> ".</summary>
internal sealed class PromptLine
{
    public int Id { get; set; }

    public long Clock { get; set; }

    public int[] Peers { get; set; } = [];

    public string Text() => Id == 0 ? "? @0> " : $"{Id} @{Clock}> ";
}
