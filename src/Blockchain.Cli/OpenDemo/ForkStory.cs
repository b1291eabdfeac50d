using System.Globalization;
using Blockchain.Cli.Options;
using Blockchain.Cli.Watch;
using Blockchain.Core.OpenNetwork;
using Blockchain.Wire.Http;
using Blockchain.Wire.Terminal;

namespace Blockchain.Cli.OpenDemo;

/// <summary>A fork and how a node came out of it.</summary>
/// <param name="Node">The node that changed its mind.</param>
/// <param name="CommonHeight">Height of the last block that both branches have.</param>
/// <param name="Left">The branch that it had followed, as far as its blocks are known.</param>
/// <param name="Taken">The branch with more work.</param>
/// <param name="Displaced">Payments that were on the one and not on the other.</param>
internal sealed record ForkStory(
    int Node,
    int CommonHeight,
    IReadOnlyList<NodeBlockDto> Left,
    IReadOnlyList<NodeBlockDto> Taken,
    IReadOnlyList<SentPayment> Displaced)
{
    /// <summary>Puts together what a reorganization was about.</summary>
    public static ForkStory Of(DemoRecord record, Told reorganization)
    {
        NodeEventDto told = reorganization.Event;
        IReadOnlyList<NodeBlockDto> left = record.Branch(told.PreviousHash ?? string.Empty, told.Disconnected ?? 0);
        IReadOnlyList<NodeBlockDto> taken = record.Branch(told.Hash ?? string.Empty, told.Connected ?? 0);
        IEnumerable<SentPayment> kept = taken.SelectMany(block => record.PaymentsIn(block.Header.Hash));
        return new ForkStory(
            reorganization.Node,
            told.CommonHeight ?? 0,
            left,
            taken,
            [.. left.SelectMany(block => record.PaymentsIn(block.Header.Hash)).Except(kept)]);
    }

    /// <summary>In words.</summary>
    /// <param name="places">Height of the block where each displaced payment is now, by its id.</param>
    public IReadOnlyList<string> Describe(IReadOnlyDictionary<string, int> places)
    {
        string others = string.Join(
            " and ", Enumerable.Range(1, OpenDemoNetwork.NodeCount).Where(number => number != Node));
        string common = Taken.Count > 0 ? WatchText.Short(Taken[0].Header.PreviousHash) : string.Empty;
        TextTable table = new("branch of", "blocks", ">number", ">hashes, about", "outcome");
        table.Add("all", Text($"up to {CommonHeight}, {common}"), string.Empty, string.Empty, "the last that all had");
        table.Add($"node {Node}", Span(Left), Text($"{Left.Count}"), Text($"{Hashes(Left)}"), "left");
        table.Add(
            $"nodes {others}", Span(Taken), Text($"{Taken.Count}"), Text($"{Hashes(Taken)}"),
            "most work: all follow it");
        decimal rewards = Left.Sum(block => block.Reward);
        return
        [
            .. table.Lines(),
            .. Displaced.Select(payment => Describe(payment, places)),
            $"The rewards of the blocks that were left, {Amounts.Text(rewards)}, are nobody's: they do not count.",
        ];
    }

    private string Describe(SentPayment payment, IReadOnlyDictionary<string, int> places)
    {
        int was = Left.First(block => block.Transactions!.Any(each => each.Txid == payment.Txid)).Header.Height;
        string now = places.TryGetValue(payment.Txid, out int height)
            ? Text($"and is in block {height} of all nodes now")
            : "and waits for a block";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Payment {WatchText.Short(payment.Txid)} ({payment}) was in block {was} of node {Node}, went back to the "
                + $"pool, {now}.");
    }

    private static string Span(IReadOnlyList<NodeBlockDto> branch) => branch switch
    {
        [{ Header: { } only }] => Text($"{only.Height}, {WatchText.Short(only.Hash)}"),
        [{ Header: { } first }, .., { Header: { } last }] =>
            Text($"{first.Height} to {last.Height}, {WatchText.Short(last.Hash)}"),
        _ => "unknown",
    };

    private static ulong Hashes(IReadOnlyList<NodeBlockDto> branch) => branch.Aggregate(
        Work.Zero, (sum, block) => sum + WorkOf(block.Header.Bits)).Value.Low;

    private static Work WorkOf(string bits) => Target.FromCompact(
        new CompactTarget(uint.Parse(bits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)),
        out Target target) == CompactFault.None ? Work.Of(target) : Work.Zero;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
