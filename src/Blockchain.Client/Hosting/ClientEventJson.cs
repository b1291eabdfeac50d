using System.Net.ServerSentEvents;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Http;

namespace Blockchain.Client.Hosting;

/// <summary>What a client tells, as its event stream shows it: a name and a JSON object.</summary>
internal static class ClientEventJson
{
    /// <summary>The first event of a stream: everything after this block and this clock is heard.</summary>
    public static SseItem<string> Listening(long index, long clock) =>
        Item("listening", ("index", index), ("clock", clock));

    /// <summary>One event.</summary>
    public static SseItem<string> Of(ClientEvent happened) => happened switch
    {
        ClientEvent.Accepted { Transfer: var transfer } => Item(
            "accepted",
            ("txid", transfer.Id.ToString()),
            ("from", transfer.From),
            ("to", transfer.To),
            ("amount", transfer.Amount.ToString()),
            ("memo", transfer.Memo)),
        ClientEvent.Rejected rejected => Item(
            "rejected", ("txid", rejected.Id.ToString()), ("reason", rejected.Reason.ToString())),
        ClientEvent.Requested requested => OfToken(
            "requested", requested.Token, ("txids", requested.Transfers.Select(transfer => transfer.Id.ToString()))),
        ClientEvent.ReplyHeard heard => Item(
            "reply-heard",
            ("peer", heard.Peer),
            ("clock", heard.Clock),
            ("word", heard.Word),
            ("heard", heard.Heard),
            ("needed", heard.Needed)),
        ClientEvent.Entered entered => OfToken("entered", entered.Token),
        ClientEvent.Left left => OfToken("left", left.Token),
        ClientEvent.Settled settled => Of(settled),
        ClientEvent.Refused refused => OfToken("refused", refused.Token, ("reason", refused.Reason.ToString())),
        ClientEvent.Installed { View: var view } installed => Item(
            "view",
            ("epoch", view.Epoch),
            ("index", view.Index),
            ("hash", view.Hash.ToString()),
            ("clock", view.Clock),
            ("members", view.Members.Select(member => member.Id)),
            ("cause", installed.Cause)),
        ClientEvent.Evicted evicted => Item("evicted", ("epoch", evicted.Epoch)),
        ClientEvent.JoinRefused refused => Item("join-refused", ("reason", refused.Reason.ToString())),
        ClientEvent.BankUnreachable => Item("bank-unreachable"),
        ClientEvent.PeerFault fault => Item("peer-fault", ("peer", fault.Peer), ("explanation", fault.Explanation)),
        ClientEvent.Alarm { Evidence: var evidence } => Item(
            "alarm",
            ("index", evidence.Index),
            ("hash", evidence.Own.ToString()),
            ("otherHash", evidence.Other.ToString()),
            ("explanation", evidence.Explanation)),
        _ => throw new InvariantException("the events of a client are closed"),
    };

    private static SseItem<string> Of(ClientEvent.Settled settled)
    {
        Block.Payment block = settled.Block;
        return OfToken(
            "settled",
            block.Key.Token,
            ("txid", block.Transfer.Id.ToString()),
            ("from", block.Transfer.From),
            ("to", block.Transfer.To),
            ("amount", block.Transfer.Amount.ToString()),
            ("status", block.Outcome.Status()),
            ("reason", block.Outcome.Reason()),
            ("index", settled.Index),
            ("hash", settled.Hash.ToString()),
            ("balanceBefore", settled.BalanceBefore.ToString()),
            ("balance", settled.Balance.ToString()));
    }

    private static SseItem<string> OfToken(
        string kind, Token token, params ReadOnlySpan<(string Name, object? Value)> fields) =>
        Item(kind, [("clock", token.Clock), ("client", token.Client), .. fields]);

    private static SseItem<string> Item(string kind, params ReadOnlySpan<(string Name, object? Value)> fields) =>
        new(EventJson.Write(fields), kind);
}
