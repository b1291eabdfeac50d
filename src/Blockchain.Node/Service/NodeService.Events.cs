using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;
using Blockchain.Node.Http;
using Blockchain.Wire.Http;
using Microsoft.Extensions.Logging;

namespace Blockchain.Node.Service;

/// <content>What the log, the counters and the listeners are told.</content>
public sealed partial class NodeService
{
    private const int SecondsPerHour = 3_600;
    private static readonly TimeSpan ClockWarningPause = TimeSpan.FromMinutes(1);
    private long? _clockWarnedAt;

    private void Tell(NodeOutput output)
    {
        switch (output)
        {
            case NodeOutput.TipChanged changed:
                Tell(changed);
                break;
            case NodeOutput.Noted noted:
                Tell(noted.Event);
                break;
        }
    }

    private void Tell(NodeOutput.TipChanged changed)
    {
        if (changed.Disconnected.Count > 0)
        {
            Counters.Count(NodeCounters.Reorganizations);
            LogReorganization(changed.OldTip, changed.NewTip, changed.Disconnected.Count, changed.Connected.Count);
            Events.Publish(new NodeEventDto("reorganization")
            {
                Hash = changed.NewTip.Hash.ToString(),
                Height = changed.NewTip.Height,
                PreviousHash = changed.OldTip.Hash.ToString(),
                Disconnected = changed.Disconnected.Count,
                Connected = changed.Connected.Count,
                CommonHeight = changed.Disconnected[^1].Height - 1,
            });
        }

        LogTip(changed.NewTip);
        if (!Events.HasListeners)
        {
            return;
        }

        foreach (BlockPlace place in changed.Connected)
        {
            Block block = _writer.Read(place.Hash);
            Events.Publish(new NodeEventDto("block")
            {
                Hash = place.Hash.ToString(),
                Height = place.Height,
                PreviousHash = block.Header.Previous.ToString(),
                Transactions = block.Transactions.Count,
                Time = block.Header.Time,
                Reward = NodeConvert.SumOf(block.Transactions[0].Outputs),
            });
        }
    }

    private void Tell(NodeEvent happened)
    {
        switch (happened)
        {
            case NodeEvent.BlockRefused refused:
                _refused++;
                WarnOfClock(refused);
                Counters.Count(NodeCounters.BlocksRefused, ReasonOf(refused.Refusal));
                LogBlockRefused(refused.Hash, refused.From, refused.Refusal.Describe());
                break;
            case NodeEvent.TransactionRefused refused:
                _refused++;
                Counters.Count(NodeCounters.TransactionsRefused, refused.Refusal.ToString());
                LogTransactionRefused(refused.Id, refused.From, refused.Refusal);
                Events.Publish(new NodeEventDto("refused")
                {
                    Txid = refused.Id.ToString(),
                    Reason = refused.Refusal.ToString(),
                });
                break;
            case NodeEvent.TransactionAccepted accepted:
                Counters.Count(NodeCounters.TransactionsAccepted);
                Events.Publish(new NodeEventDto("transaction")
                {
                    Txid = accepted.Transaction.Id.ToString(),
                    Kind = accepted.Transaction.Kind,
                });
                break;
            case NodeEvent.TransactionDropped dropped:
                Counters.Count(
                    NodeCounters.TransactionsDropped,
                    dropped.Refusal == Refusal.None ? "Expired" : dropped.Refusal.ToString());
                break;
            case NodeEvent.TransactionsReturned returned:
                LogReturned(returned.Ids.Count);
                foreach (TransactionId id in returned.Ids)
                {
                    Events.Publish(new NodeEventDto("returned") { Txid = id.ToString() });
                }

                break;
            case NodeEvent.ForkSeen fork:
                Counters.Count(NodeCounters.Forks);
                LogFork(fork.Block, fork.Tip);
                Events.Publish(new NodeEventDto("fork")
                {
                    Hash = fork.Block.Hash.ToString(),
                    Height = fork.Block.Height,
                });
                break;
            case NodeEvent.OrphanKept orphan:
                LogOrphan(orphan.Hash, orphan.Previous);
                break;
            case NodeEvent.MinerWaits waits:
                WarnOfClock(waits);
                break;
            case NodeEvent.PeerReady ready:
                LogReady(ready.Peer, ready.Address, ready.Height);
                _links.GetValueOrDefault(ready.Peer)?.Ready(ready.Address);
                break;
            default:
                throw new InvariantException("the events of a node are closed");
        }
    }

    private void WarnOfClock(NodeEvent happened)
    {
        bool isOfClock = happened is NodeEvent.MinerWaits
            or NodeEvent.BlockRefused { From: not null, Refusal.Fault: BlockFault.TimeTooNew };
        if (!isOfClock || (_clockWarnedAt is { } at && _time.GetElapsedTime(at) < ClockWarningPause))
        {
            return;
        }

        _clockWarnedAt = _time.GetTimestamp();
        const int Hours = OpenLimits.FutureSeconds / SecondsPerHour;
        if (happened is NodeEvent.MinerWaits waits)
        {
            LogMinerWaits(Hours, DateTimeOffset.FromUnixTimeSeconds(waits.UntilUnixSeconds));
        }
        else if (happened is NodeEvent.BlockRefused refused)
        {
            LogClock(refused.From, Hours);
        }
    }

    private static string ReasonOf(BlockRefusal refusal) => refusal.Fault == BlockFault.InvalidTransaction
        ? refusal.Transaction.ToString()
        : refusal.Fault.ToString();

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "A block from {Peer} is more than {Hours} hours ahead of the clock of this machine. One of the two "
            + "clocks is wrong; until it is set right the node does not take the block.")]
    private partial void LogClock(PeerId? peer, int hours);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The next block would be more than {Hours} hours ahead of the clock of this machine, and nobody "
            + "would take it. Either blocks come too fast, or the clock is wrong or was. The node mines again when "
            + "the clock shows {Until:u}.")]
    private partial void LogMinerWaits(int hours, DateTimeOffset until);

    [LoggerMessage(Level = LogLevel.Information, Message = "Restored the chain up to {Height} from {Count} blocks")]
    private partial void LogRestored(int height, int count);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The tip is {Tip}")]
    private partial void LogTip(BlockPlace tip);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Reorganization from {Old} to {New}: {Disconnected} blocks off, {Connected} on")]
    private partial void LogReorganization(BlockPlace old, BlockPlace @new, int disconnected, int connected);

    [LoggerMessage(Level = LogLevel.Information, Message = "Block {Hash} from {Peer} is refused: {Reason}")]
    private partial void LogBlockRefused(BlockHash hash, PeerId? peer, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Transaction {Id} from {Peer} is refused: {Reason}")]
    private partial void LogTransactionRefused(TransactionId id, PeerId? peer, Refusal reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} transactions of lost blocks wait again")]
    private partial void LogReturned(int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "Fork: {Block} stands beside {Tip}")]
    private partial void LogFork(BlockPlace block, BlockPlace tip);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Block {Hash} waits for {Previous}")]
    private partial void LogOrphan(BlockHash hash, BlockHash previous);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "{Peer} at '{Address}' is connected, its height is {Height}")]
    private partial void LogReady(PeerId peer, string address, int height);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Peer} is dropped: {Reason}")]
    private partial void LogDropped(PeerId peer, string reason);
}
