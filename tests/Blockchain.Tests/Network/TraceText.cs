using System.Globalization;
using System.Text;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Tests.Network;

/// <summary>Tells a run of the network as a story: one line a message or event, in the order in which they
/// happened.</summary>
internal sealed class TraceText
{
    private readonly StringBuilder _text = new();

    public bool IsOn { get; set; }

    public override string ToString() => _text.ToString();

    /// <summary>A line of the narrator's.</summary>
    public void Say(string line) => _text.Append(line).Append('\n');

    public void Delivered(TestNetwork.Envelope envelope)
    {
        if (Describe(envelope.Message) is { } words)
        {
            Line($"{Name(envelope.From)} -> {Name(envelope.To)}  {words}");
        }
    }

    public void Happened(int client, long clock, ClientEvent happened)
    {
        string? words = happened switch
        {
            ClientEvent.Requested requested => $"asks for {requested.Token}: {Describe(requested.Transfers)}",
            ClientEvent.ReplyHeard heard => $"has heard {heard.Heard} of {heard.Needed}",
            ClientEvent.Entered entered => $"enters with {entered.Token}",
            ClientEvent.Left left => $"leaves {left.Token}",
            ClientEvent.Settled settled => $"is told {Describe(settled.Block.Outcome)} for {settled.Block.Key}",
            ClientEvent.Refused refused => $"is refused {refused.Token}: {refused.Reason}",
            ClientEvent.Installed installed => $"installs view {installed.View.Epoch}",
            ClientEvent.Alarm alarm => $"raises the alarm: {alarm.Evidence.Explanation}",
            _ => null,
        };
        if (words is not null)
        {
            Line($"              {client} @{clock} {words}");
        }
    }

    public void Happened(BankEvent happened)
    {
        if (happened is BankEvent.Ordered ordered)
        {
            string outcomes = string.Join(", ", ordered.Outcomes.Select(Describe));
            Line($"              bank orders {ordered.Token} at {ordered.FirstIndex}: {outcomes}");
        }
    }

    public static string Describe(IEnumerable<Transfer> transfers) =>
        string.Join(", ", transfers.Select(transfer => $"{transfer.From} pays {transfer.Amount} to {transfer.To}"));

    public static string Describe(Outcome outcome) =>
        outcome == Outcome.Success ? outcome.Status() : $"{outcome.Status()} {outcome.Reason()}";

    private static string? Describe(object message) => message switch
    {
        Frame { Message: PeerMessage.Request request } frame => $"REQUEST {request.Token} @{frame.Clock}",
        Frame { Message: PeerMessage.Reply reply } frame => $"REPLY to {reply.Token} @{frame.Clock}",
        Frame { Message: PeerMessage.Release release } frame => $"RELEASE {release.Token} @{frame.Clock}",
        ToBank.Apply apply => $"APPLY {apply.Request.Token}",
        FromBank.Receipt receipt => $"RECEIPT {receipt.Token}: {string.Join(", ", receipt.Outcomes.Select(Describe))}",
        FromBank.Refused refused => $"REFUSED {refused.Token}: {refused.Reason}",
        FromBank.Durable durable => $"DURABLE up to {durable.Index}",
        _ => null,
    };

    private static string Name(int process) =>
        process == Limits.Bank ? "bank" : process.ToString(CultureInfo.InvariantCulture).PadLeft(4);

    private void Line(string line)
    {
        if (IsOn)
        {
            _text.Append(line).Append('\n');
        }
    }
}
