namespace Blockchain.Core.OpenNetwork;

/// <content>What is to be mined.</content>
public sealed partial class FullNode
{
    private const long BetterTemplateMs = 5_000;

    private BlockHash? _templateTip;
    private long _templateVersion;
    private long _templateMs;
    private long _templateTime;
    private bool _waitsForClock;

    private void OnMinerAddress(Address? address)
    {
        if (Miner != address)
        {
            Miner = address;
            StopMining();
        }
    }

    /// <summary>A new template at once on a new tip; for new transactions every few seconds.</summary>
    private void UpdateMining()
    {
        if (Miner is not { } miner)
        {
            return;
        }

        if (IsSyncing)
        {
            StopMining();
            return;
        }

        // Whoever sets the clock back makes the block that is looked for one that nobody may take.
        if (_templateTip is not null && IsAheadOfClock(_templateTime))
        {
            StopMining();
        }

        bool isNewTip = _templateTip != Tip.Hash;
        bool isBetter = Mempool.Version != _templateVersion && _clockMs - _templateMs >= BetterTemplateMs;
        if (!isNewTip && !isBetter)
        {
            return;
        }

        long time = Math.Max(BlockTree.MedianTimeOf(Tip) + 1L, _nowMs / MsPerSecond);
        if (IsAheadOfClock(time))
        {
            WaitForClock(time);
            return;
        }

        _waitsForClock = false;
        RefreshPool(isNeeded: true);
        _templateTip = Tip.Hash;
        _templateVersion = Mempool.Version;
        _templateMs = _clockMs;
        _templateTime = time;
        CompactTarget bits = Tree.NextBits(Tip);
        Header header = new(
            Header.CurrentVersion, Tip.Hash, default, (uint)Math.Min(time, uint.MaxValue), bits, Nonce: 0);
        Emit(new NodeOutput.Mine(Mempool.MakeTemplate(header, miner)));
    }

    private bool IsAheadOfClock(long time) => time > (_nowMs / MsPerSecond) + OpenLimits.FutureSeconds;

    /// <summary>No block behind the tip can have a time that is taken now: work for one would be thrown away. The
    /// clock makes good for it, so each step looks again.</summary>
    private void WaitForClock(long time)
    {
        StopMining();
        if (!_waitsForClock)
        {
            _waitsForClock = true;
            Note(new NodeEvent.MinerWaits(time - OpenLimits.FutureSeconds));
        }
    }

    private void StopMining()
    {
        if (_templateTip is not null)
        {
            _templateTip = null;
            Emit(new NodeOutput.StopMining());
        }
    }
}
