using Blockchain.Wire.Http;

namespace Blockchain.Cli.OpenDemo;

/// <summary>A payment that the oracle has sent.</summary>
/// <param name="Txid">Its transaction.</param>
/// <param name="From">The wallet that pays.</param>
/// <param name="To">The wallet that is paid.</param>
/// <param name="Amount">How much, as the oracle wrote it.</param>
internal sealed record SentPayment(string Txid, int From, int To, string Amount)
{
    /// <summary>In words.</summary>
    public override string ToString() => $"wallet {From} pays {Amount} to {To}";
}

/// <summary>Something that a node has told.</summary>
/// <param name="Node">Number of the node.</param>
/// <param name="Event">What it told.</param>
internal sealed record Told(int Node, NodeEventDto Event);

/// <summary>All that nodes and oracle have told, for the account and the checks at the end. From any thread.</summary>
internal sealed class DemoRecord
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, NodeBlockDto> _blocks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SentPayment> _payments = new(StringComparer.Ordinal);
    private readonly List<Told> _events = [];
    private int _confirmed;

    /// <summary>Everything that nodes told, in the order in which it came.</summary>
    public IReadOnlyList<Told> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Payments that a node has taken.</summary>
    public IReadOnlyList<SentPayment> Payments
    {
        get
        {
            lock (_gate)
            {
                return [.. _payments.Values];
            }
        }
    }

    /// <summary>How many payments the oracle has seen in a block.</summary>
    public int Confirmed
    {
        get
        {
            lock (_gate)
            {
                return _confirmed;
            }
        }
    }

    /// <summary>A node has told something.</summary>
    public void Add(Told told)
    {
        lock (_gate)
        {
            _events.Add(told);
        }
    }

    /// <summary>A block is known whole.</summary>
    public void Add(NodeBlockDto block)
    {
        lock (_gate)
        {
            _blocks[block.Header.Hash] = block;
        }
    }

    /// <summary>A node has taken a payment.</summary>
    public void Add(SentPayment payment)
    {
        lock (_gate)
        {
            _payments.Add(payment.Txid, payment);
        }
    }

    /// <summary>The oracle has seen one more payment in a block.</summary>
    public void Confirm()
    {
        lock (_gate)
        {
            _confirmed++;
        }
    }

    /// <summary>The payment with this id; null for none.</summary>
    public SentPayment? FindPayment(string txid)
    {
        lock (_gate)
        {
            return _payments.GetValueOrDefault(txid);
        }
    }

    /// <summary>The payments of a block that is known whole.</summary>
    public IReadOnlyList<SentPayment> PaymentsIn(string blockHash)
    {
        lock (_gate)
        {
            return _blocks.TryGetValue(blockHash, out NodeBlockDto? block)
                ? [.. block.Transactions!.Select(each => _payments.GetValueOrDefault(each.Txid)).OfType<SentPayment>()]
                : [];
        }
    }

    /// <summary>The last blocks of a branch.</summary>
    /// <param name="tip">Hash of the last.</param>
    /// <param name="length">How many.</param>
    /// <returns>By height. Fewer when not all are known: a node may leave a block before it is asked for it.</returns>
    public IReadOnlyList<NodeBlockDto> Branch(string tip, int length)
    {
        lock (_gate)
        {
            List<NodeBlockDto> branch = [];
            for (string hash = tip; branch.Count < length && _blocks.TryGetValue(hash, out NodeBlockDto? block);)
            {
                branch.Insert(0, block);
                hash = block.Header.PreviousHash;
            }

            return branch;
        }
    }
}
