namespace Blockchain.Core.OpenNetwork;

/// <content>What is to be mined.</content>
public sealed partial class FullNode
{
    private const long BetterTemplateMs = 5_000;

    private BlockHash? _templateTip;
    private long _templateVersion;
    private long _templateMs;

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

        bool isNewTip = _templateTip != Tip.Hash;
        bool isBetter = Mempool.Version != _templateVersion && _clockMs - _templateMs >= BetterTemplateMs;
        if (!isNewTip && !isBetter)
        {
            return;
        }

        RefreshPool(isNeeded: true);
        _templateTip = Tip.Hash;
        _templateVersion = Mempool.Version;
        _templateMs = _clockMs;
        long time = Math.Max(BlockTree.MedianTimeOf(Tip) + 1L, _nowMs / MsPerSecond);
        CompactTarget bits = Tree.NextBits(Tip);
        Header header = new(
            Header.CurrentVersion, Tip.Hash, default, (uint)Math.Min(time, uint.MaxValue), bits, Nonce: 0);
        Emit(new NodeOutput.Mine(Mempool.MakeTemplate(header, miner)));
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
