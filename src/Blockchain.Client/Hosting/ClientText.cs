using Blockchain.Core.BankNetwork;

namespace Blockchain.Client.Hosting;

/// <summary>Inputs, outputs and events as lines of the log: what tells them apart, and no lists in full.</summary>
internal static class ClientText
{
    /// <summary>An input.</summary>
    public static string Of(ClientInput input) => input switch
    {
        ClientInput.SubmitAll all => $"Submit {all.Submits.Count} transfers",
        ClientInput.Submit submit => $"Submit {submit.Id}: {submit.Amount} to {submit.To}",
        ClientInput.RequestSigned signed => $"RequestSigned {signed.Token} in view {signed.Epoch}",
        ClientInput.FromPeer fromPeer => Of(fromPeer.Frame),
        ClientInput.FromBank fromBank => $"from the bank: {Of(fromBank.Message)}",
        ClientInput.Joined joined => $"Joined as {joined.Answer.Id}: {joined.Answer.View}",
        ClientInput.Fetched fetched => $"Fetched {fetched.Blocks.Count} blocks from {fetched.From}",
        _ => input.ToString(),
    };

    /// <summary>An output.</summary>
    public static string Of(ClientOutput output) => output switch
    {
        ClientOutput.Join join => $"Join as {join.Request.Name}, life {join.Request.Incarnation}",
        ClientOutput.ToBank toBank => $"to the bank: {Of(toBank.Message)}",
        ClientOutput.ToPeer toPeer => Of(toPeer.Frame),
        ClientOutput.Connect connect =>
            $"Connect {string.Join(' ', connect.Peers.Select(peer => $"{peer.Id}={peer.Endpoint}"))}",
        ClientOutput.PersistIntent intent => $"PersistIntent {intent.Number}: {intent.Transfer.Id}",
        ClientOutput.ForgetIntent forget => $"ForgetIntent {forget.Id}",
        ClientOutput.Sign sign => $"Sign {sign.Token} in view {sign.Epoch}",
        ClientOutput.Store store => $"Store {store.From}..{store.From + store.Blocks.Count - 1}",
        ClientOutput.StoreCheckpoint keep => $"StoreCheckpoint {keep.Checkpoint.Index} {keep.Checkpoint.Hash.Short}",
        ClientOutput.Tell tell => $"Tell {Of(tell.Event)}",
        _ => output.ToString(),
    };

    /// <summary>An event.</summary>
    public static string Of(ClientEvent happened) => happened switch
    {
        ClientEvent.Accepted { Transfer: var transfer } =>
            $"Accepted {transfer.Id}: {transfer.Amount} to {transfer.To}",
        ClientEvent.Rejected rejected => $"Rejected {rejected.Id}: {rejected.Reason}",
        ClientEvent.Requested requested => $"Requested {requested.Token} for {Count(requested.Transfers)}",
        ClientEvent.ReplyHeard heard =>
            $"ReplyHeard of {heard.Peer} @{heard.Clock} by {heard.Word}, {heard.Heard} of {heard.Needed}",
        ClientEvent.Entered entered => $"Entered {entered.Token}",
        ClientEvent.Left left => $"Left {left.Token}",
        ClientEvent.Settled settled =>
            $"Settled {settled.Block.Transfer.Id} at {settled.Index} {settled.Hash.Short}: "
            + $"{Of(settled.Block.Outcome)}, balance {settled.Balance}",
        ClientEvent.Refused refused => $"Refused {refused.Token}: {refused.Reason}",
        ClientEvent.Installed installed => $"Installed {installed.View}: {installed.Cause}",
        ClientEvent.Evicted evicted => $"Evicted by view {evicted.Epoch}",
        ClientEvent.JoinRefused refused => $"JoinRefused: {refused.Reason}",
        ClientEvent.BankUnreachable => "BankUnreachable",
        ClientEvent.PeerFault fault => $"PeerFault of {fault.Peer}: {fault.Explanation}",
        ClientEvent.Alarm alarm => $"Alarm at {alarm.Evidence.Index}: {alarm.Evidence.Explanation}",
        _ => happened.ToString(),
    };

    private static string Of(Outcome outcome) =>
        outcome.Reason() is { } reason ? $"{outcome.Status()} {reason}" : outcome.Status();

    private static string Of(Frame frame) =>
        $"{frame.From}->{frame.To} #{frame.Seq} ack {frame.Ack} @{frame.Clock} view {frame.Epoch} {Of(frame.Message)}";

    private static string Of(PeerMessage message) => message switch
    {
        PeerMessage.Request request => $"REQUEST {request.Token} for {Count(request.Transfers)}",
        PeerMessage.Reply reply => $"REPLY {reply.Token}",
        PeerMessage.Release { Applied: { } applied } release =>
            $"RELEASE {release.Token} from block {applied.FirstIndex}: {Of(applied.Outcomes)}",
        PeerMessage.Release release => $"RELEASE {release.Token} without a block",
        PeerMessage.Head head => $"HEAD {head.Checkpoint.Index} {head.Checkpoint.Hash.Short}",
        _ => message.Name,
    };

    private static string Of(ToBank message) => message switch
    {
        ToBank.Hello hello => $"Hello, life {hello.Incarnation}, {hello.Settled} settled",
        ToBank.Apply { Request: var request } => $"Apply {request.Token} for {Count(request.Transfers)}",
        ToBank.Announce announce => $"Announce {announce.Digest.Short}",
        ToBank.Relay relay => $"Relay {Of(relay.Frame)}",
        _ => message.ToString(),
    };

    private static string Of(FromBank message) => message switch
    {
        FromBank.NewView view => $"{view.View}: {view.Cause}",
        FromBank.Receipt receipt =>
            $"Receipt {receipt.Token} from block {receipt.FirstIndex}: {Of(receipt.Outcomes)}",
        FromBank.Refused refused => $"Refused {refused.Token}: {refused.Reason}",
        FromBank.Durable durable => $"Durable {durable.Index} {durable.Hash.Short}",
        FromBank.Signed signed => $"Signed {signed.Checkpoint.Index} {signed.Checkpoint.Hash.Short}",
        FromBank.Relayed relayed => $"Relayed {Of(relayed.Frame)}",
        _ => message.ToString(),
    };

    // A request has thousands of transfers at most, and a line of the log is for people.
    private static string Of(IReadOnlyList<Outcome> outcomes) => outcomes.Count == 1
        ? Of(outcomes[0])
        : $"{outcomes.Count(outcome => outcome == Outcome.Success)} of {outcomes.Count} SUCCESS";

    private static string Count(IReadOnlyList<Transfer> transfers) =>
        transfers.Count == 1 ? $"transfer {transfers[0].Id}" : $"{transfers.Count} transfers";
}
