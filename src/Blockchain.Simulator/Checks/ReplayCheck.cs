using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Simulator;

/// <summary>
/// An accountant who shares no code with <see cref="LedgerState"/>: replays blocks one by one and finds what must never
/// be in a ledger. Order, views, money, ids, outcomes and hashes.
/// </summary>
internal sealed class ReplayCheck
{
    private readonly List<long> _balances = [];
    private readonly HashSet<UInt128> _ids = [];
    private HashSet<int> _members = [];
    private long _deposits;
    private BlockKey _last;

    /// <summary>Hash of every block.</summary>
    public List<Hash> Hashes { get; } = [];

    /// <summary>Number of the view of the last block.</summary>
    public int Epoch { get; private set; }

    /// <summary>Members of that view.</summary>
    public IReadOnlyCollection<int> Members => _members;

    /// <summary>What an account holds; null when there is none.</summary>
    public long? Balance(int account) =>
        account >= 1 && account <= _balances.Count ? _balances[account - 1] : null;

    /// <summary>The next block.</summary>
    public void Append(Block block, long index, Hash? claimed)
    {
        Hash previous = Hashes.Count == 0 ? Hash.Of([]) : Hashes[^1];
        Hash hash = Hash.Link(previous, block.Canonical.Span);
        Check(index == Hashes.Count, "place", block, index);
        Check(claimed is null || claimed == hash, "hash", block, index);
        Check(Hashes.Count == 0 || block.Key.CompareTo(_last) > 0, "order: keys rise along the ledger", block, index);
        switch (block)
        {
            case Block.View view:
                Check(view.Epoch == Epoch + 1 && view.Key.Token.Client == 0, "views count up", block, index);
                Check(
                    view.Members.All(member => Balance(member) is not null), "members have accounts", block, index);
                Epoch = view.Epoch;
                _members = [.. view.Members];
                break;
            case Block.Open open:
                Check(open.Epoch == Epoch && open.Account == _balances.Count + 1, "accounts count up", block, index);
                _balances.Add(open.Deposit.Minor);
                _deposits += open.Deposit.Minor;
                break;
            case Block.Payment payment:
                Pay(payment, index);
                break;
        }

        _last = block.Key;
        Hashes.Add(hash);
    }

    /// <summary>The sum of all balances is the sum of the deposits. Called where a ledger ends.</summary>
    public void CheckConservation()
    {
        long sum = _balances.Sum();
        if (sum != _deposits)
        {
            throw new ViolationException("conservation", $"balances sum to {sum}, deposits to {_deposits}");
        }
    }

    private void Pay(Block.Payment payment, long index)
    {
        Transfer transfer = payment.Transfer;
        Check(payment.Epoch == Epoch, "epoch: a transfer stands in the view it was agreed in", payment, index);
        Check(_members.Contains(payment.Key.Token.Client), "members only", payment, index);
        Check(transfer.From == payment.Key.Token.Client, "owner", payment, index);
        int seq = payment.Key.Token == _last.Token ? _last.Seq + 1 : 0;
        Check(payment.Key.Seq == seq, "places in a request count up", payment, index);
        Check(_ids.Add(transfer.Id.Value), "no double: a transfer has one block", payment, index);
        long amount = transfer.Amount.Minor;
        bool sound = amount is > 0 and <= 1_000_000_000_000_000 && transfer.To != transfer.From
            && Balance(transfer.To) is not null;
        bool paid = sound && _balances[transfer.From - 1] >= amount;
        Check(paid == (payment.Outcome == Outcome.Success), "replay: the outcome is what the balances give", payment,
            index);
        Check(
            paid || !sound || payment.Outcome == Outcome.InsufficientFunds,
            "replay: the reason is right", payment, index);
        if (paid)
        {
            _balances[transfer.From - 1] -= amount;
            _balances[transfer.To - 1] += amount;
        }
    }

    private static void Check(bool holds, string rule, Block block, long index)
    {
        if (!holds)
        {
            throw new ViolationException(rule, $"block {index}, {TraceText.Of(block)}");
        }
    }
}
