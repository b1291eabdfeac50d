using Blockchain.Core.BankNetwork;

namespace Blockchain.Simulator;

/// <summary>Inputs, outputs and what they carry, as a line of a trace shows them.</summary>
internal static class TraceText
{
    /// <summary>An input of a client.</summary>
    public static string Of(ClientInput input) => input switch
    {
        ClientInput.Tick tick => $"Tick {tick.NowMs}",
        ClientInput.SubmitAll all => $"SubmitAll {all.Submits.Count}",
        ClientInput.Submit submit => $"Submit {Short(submit.Id)} {submit.Amount} to {submit.To}",
        ClientInput.IntentsPersisted persisted => $"IntentsPersisted {persisted.UpTo}",
        ClientInput.RequestSigned signed => $"RequestSigned e{signed.Epoch} {signed.Token}",
        ClientInput.FromPeer fromPeer => Of(fromPeer.Frame),
        ClientInput.PeerConnected connected => $"PeerConnected {connected.Peer}",
        ClientInput.PeerDisconnected disconnected => $"PeerDisconnected {disconnected.Peer}",
        ClientInput.FromBank fromBank => $"bank: {Of(fromBank.Message)}",
        ClientInput.Joined joined => $"Joined as {joined.Answer.Id}, {joined.Answer.View}",
        ClientInput.JoinFailed failed => $"JoinFailed {failed.Reason}",
        ClientInput.Fetched fetched => $"Fetched {fetched.Blocks.Count} from {fetched.From}",
        _ => input.GetType().Name,
    };

    /// <summary>An output of a client.</summary>
    public static string Of(ClientOutput output) => output switch
    {
        ClientOutput.Join join => $"Join incarnation {join.Request.Incarnation}",
        ClientOutput.ToBank toBank => $"to bank: {Of(toBank.Message)}",
        ClientOutput.ToPeer toPeer => Of(toPeer.Frame),
        ClientOutput.Connect connect =>
            $"Connect {string.Join(' ', connect.Peers.Select(peer => $"{peer.Id}={peer.Endpoint}"))}",
        ClientOutput.PersistIntent intent => $"PersistIntent {intent.Number} {Short(intent.Transfer.Id)}",
        ClientOutput.ForgetIntent forget => $"ForgetIntent {Short(forget.Id)}",
        ClientOutput.Sign sign => $"Sign e{sign.Epoch} {sign.Token}",
        ClientOutput.Store store => $"Store {store.Blocks.Count} from {store.From}",
        ClientOutput.StoreCheckpoint checkpoint => $"StoreCheckpoint {checkpoint.Checkpoint.Index}",
        ClientOutput.Fetch fetch => $"Fetch {fetch.From} from {fetch.Source}",
        ClientOutput.Tell tell => $"Tell {Of(tell.Event)}",
        _ => output.GetType().Name,
    };

    /// <summary>An input of the bank.</summary>
    public static string Of(BankInput input) => input switch
    {
        BankInput.Tick tick => $"Tick {tick.NowMs}",
        BankInput.Join join => $"Join {join.Request.Name} incarnation {join.Request.Incarnation}",
        BankInput.Connected connected => $"Connected {connected.Client}",
        BankInput.Disconnected disconnected => $"Disconnected {disconnected.Client}",
        BankInput.Received received => $"from {received.Client}: {Of(received.Message)}",
        BankInput.Persisted persisted => $"Persisted {persisted.Index}",
        BankInput.CheckpointSigned signed => $"CheckpointSigned {signed.Checkpoint.Index}",
        BankInput.Fetched fetched => $"Fetched {fetched.Blocks.Count} from {fetched.From}",
        BankInput.Evict evict => $"Evict {evict.Client}",
        _ => input.GetType().Name,
    };

    /// <summary>An output of the bank.</summary>
    public static string Of(BankOutput output) => output switch
    {
        BankOutput.Persist persist => $"Persist {persist.From}: {string.Join(", ", persist.Blocks.Take(3).Select(Of))}"
            + (persist.Blocks.Count > 3 ? $" and {persist.Blocks.Count - 3} more" : string.Empty),
        BankOutput.Send send => $"to {send.Client}: {Of(send.Message)}",
        BankOutput.AnswerJoin answer => $"AnswerJoin as {answer.Answer.Id}, {answer.Answer.View}",
        BankOutput.RefuseJoin refuse => $"RefuseJoin {refuse.Reason}",
        BankOutput.SignCheckpoint sign => $"SignCheckpoint {sign.Index}",
        BankOutput.Fetch fetch => $"Fetch {fetch.From} from {fetch.Endpoint}",
        BankOutput.Disconnect disconnect => $"Disconnect {disconnect.Client}",
        BankOutput.Tell tell => $"Tell {Of(tell.Event)}",
        _ => output.GetType().Name,
    };

    /// <summary>A block.</summary>
    public static string Of(Block block) => block switch
    {
        Block.View view => $"VIEW e{view.Epoch} {view.Key} members {string.Join(' ', view.Members)}",
        Block.Open open => $"OPEN {open.Key} account {open.Account} {open.Deposit}",
        Block.Payment payment => $"TRANSFER e{payment.Epoch} {payment.Key} {Short(payment.Transfer.Id)} "
            + $"{payment.Transfer.Amount} {payment.Transfer.From}->{payment.Transfer.To} {payment.Outcome}",
        _ => block.Kind,
    };

    private static string Of(Frame frame) =>
        $"e{frame.Epoch} {frame.From}->{frame.To} #{frame.Seq} ack {frame.Ack} @{frame.Clock} {Of(frame.Message)}";

    private static string Of(PeerMessage message) => message switch
    {
        PeerMessage.Request request => $"REQUEST {request.Token} of {request.Transfers.Count}",
        PeerMessage.Reply reply => $"REPLY {reply.Token}",
        PeerMessage.Release { Applied: { } applied } release =>
            $"RELEASE {release.Token} at {applied.FirstIndex} head {applied.Head.Short}",
        PeerMessage.Release release => $"RELEASE {release.Token} without a block",
        PeerMessage.Head head => $"HEAD {head.Checkpoint.Index}",
        _ => message.Name,
    };

    private static string Of(ToBank message) => message switch
    {
        ToBank.Hello hello =>
            $"Hello incarnation {hello.Incarnation} settled {hello.Settled} checkpoint {hello.Checkpoint?.Index}",
        ToBank.Heartbeat beat => $"Heartbeat e{beat.Epoch} settled {beat.Settled}",
        ToBank.Apply apply => $"Apply e{apply.Request.Epoch} {apply.Request.Token} of {apply.Request.Transfers.Count}"
            + $" first {Short(apply.Request.Transfers[0].Id)}",
        ToBank.Announce announce => $"Announce {announce.Digest.Short}",
        ToBank.Relay relay => $"Relay {Of(relay.Frame)}",
        _ => message.GetType().Name,
    };

    private static string Of(FromBank message) => message switch
    {
        FromBank.NewView view => view.View.ToString(),
        FromBank.Receipt receipt => $"Receipt {receipt.Token} recorded {receipt.RecordedToken} at {receipt.FirstIndex}",
        FromBank.Refused refused => $"Refused {refused.Token} {refused.Reason}",
        FromBank.Durable durable => $"Durable {durable.Index}",
        FromBank.Signed signed => $"Signed {signed.Checkpoint.Index}",
        FromBank.Relayed relayed => $"Relayed {Of(relayed.Frame)}",
        _ => message.GetType().Name,
    };

    private static string Of(ClientEvent told) => told switch
    {
        ClientEvent.Accepted accepted => $"Accepted {Short(accepted.Transfer.Id)}",
        ClientEvent.Rejected rejected => $"Rejected {Short(rejected.Id)} {rejected.Reason}",
        ClientEvent.Requested requested => $"Requested {requested.Token} of {requested.Transfers.Count}",
        ClientEvent.ReplyHeard heard =>
            $"ReplyHeard {heard.Peer} @{heard.Clock} {heard.Word} {heard.Heard}/{heard.Needed}",
        ClientEvent.Entered entered => $"Entered {entered.Token}",
        ClientEvent.Left left => $"Left {left.Token}",
        ClientEvent.Settled settled =>
            $"Settled {Short(settled.Block.Transfer.Id)} at {settled.Index} {settled.Block.Outcome}",
        ClientEvent.Refused refused => $"Refused {refused.Token} {refused.Reason}",
        ClientEvent.Installed installed => $"Installed {installed.View}",
        ClientEvent.Evicted evicted => $"Evicted by view {evicted.Epoch}",
        ClientEvent.JoinRefused refused => $"JoinRefused {refused.Reason}",
        ClientEvent.PeerFault fault => $"PeerFault {fault.Peer}: {fault.Explanation}",
        ClientEvent.Alarm alarm => $"Alarm {alarm.Evidence.Explanation}",
        _ => told.GetType().Name,
    };

    private static string Of(BankEvent told) => told switch
    {
        BankEvent.Ordered ordered => $"Ordered {ordered.Token} at {ordered.FirstIndex} of {ordered.Outcomes.Count}",
        BankEvent.Durable durable => $"Durable {durable.Index}",
        BankEvent.Refused refused => $"Refused {refused.Token} of {refused.Client} {refused.Reason}",
        BankEvent.ViewMade made => $"ViewMade {made.View} because {made.Cause}",
        BankEvent.Restored restored => $"Restored {restored.Count} from {restored.From} by {restored.Client}",
        BankEvent.Alarm alarm => $"Alarm of {alarm.Client}: {alarm.Evidence.Explanation}",
        _ => told.GetType().Name,
    };

    private static string Short(TransferId id) => id.ToString()[8..];
}
