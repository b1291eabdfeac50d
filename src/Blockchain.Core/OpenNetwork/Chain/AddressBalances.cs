using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>What an address holds.</summary>
/// <param name="Address">The address.</param>
/// <param name="Balance">Sum of its unspent outputs.</param>
public readonly record struct AddressBalance(Address Address, Coins Balance);

/// <summary>What a transaction did to an address.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Height">Height of its block.</param>
/// <param name="DeltaUnits">What the balance changed by, in units of 10^-8 coin; negative when it fell.</param>
public readonly record struct HistoryEntry(TransactionId Transaction, int Height, long DeltaUnits);

/// <summary>The unspent outputs by owner, the history of every address, and all balances in order: kept up to date
/// with every transaction, never computed anew.</summary>
internal sealed class AddressBalances
{
    private readonly Dictionary<Address, Record> _records = [];
    private readonly SortedSet<AddressBalance> _rich = new(ByBalance.Instance);

    /// <summary>Addresses that hold something.</summary>
    public int Count => _rich.Count;

    /// <summary>The balances, highest first; equal ones by address.</summary>
    public IEnumerable<AddressBalance> Rich => _rich;

    public Coins BalanceOf(Address address) =>
        _records.TryGetValue(address, out Record? record) ? new Coins(record.Units) : Coins.Zero;

    public IReadOnlyCollection<OutPoint> UnspentOf(Address address) =>
        _records.TryGetValue(address, out Record? record) ? record.Unspent : [];

    public IReadOnlyList<HistoryEntry> HistoryOf(Address address) =>
        _records.TryGetValue(address, out Record? record) ? record.History : [];

    public void Credit(OutPoint output, UnspentOutput value, TransactionId by, int height)
    {
        Record record = RecordOf(value.Owner);
        Move(value.Owner, record, value.Amount.Units);
        Invariant.Holds(record.Unspent.Add(output), "an output is made once");
        record.Note(by, height, value.Amount.Units);
    }

    public void Debit(OutPoint output, UnspentOutput value, TransactionId by, int height)
    {
        Record record = _records[value.Owner];
        Move(value.Owner, record, -value.Amount.Units);
        Invariant.Holds(record.Unspent.Remove(output), "what is spent was there");
        record.Note(by, height, -value.Amount.Units);
    }

    public void UndoCredit(OutPoint output, UnspentOutput value, TransactionId by)
    {
        Record record = _records[value.Owner];
        Move(value.Owner, record, -value.Amount.Units);
        Invariant.Holds(record.Unspent.Remove(output), "what is taken back was there");
        Forget(value.Owner, record, by);
    }

    public void UndoDebit(OutPoint output, UnspentOutput value, TransactionId by)
    {
        Record record = RecordOf(value.Owner);
        Move(value.Owner, record, value.Amount.Units);
        Invariant.Holds(record.Unspent.Add(output), "what is given back was spent");
        Forget(value.Owner, record, by);
    }

    private Record RecordOf(Address address)
    {
        if (!_records.TryGetValue(address, out Record? record))
        {
            record = new Record();
            _records.Add(address, record);
        }

        return record;
    }

    private void Move(Address address, Record record, long units)
    {
        if (record.Units > 0)
        {
            _rich.Remove(new AddressBalance(address, new Coins(record.Units)));
        }

        record.Units = checked(record.Units + units);
        if (record.Units > 0)
        {
            _rich.Add(new AddressBalance(address, new Coins(record.Units)));
        }
    }

    private void Forget(Address address, Record record, TransactionId by)
    {
        if (record.History.Count > 0 && record.History[^1].Transaction == by)
        {
            record.History.RemoveAt(record.History.Count - 1);
        }

        if (record.History.Count == 0 && record.Unspent.Count == 0)
        {
            _records.Remove(address);
        }
    }

    private sealed class Record
    {
        public long Units { get; set; }

        public HashSet<OutPoint> Unspent { get; } = [];

        public List<HistoryEntry> History { get; } = [];

        // One entry a transaction, however many of its inputs and outputs are the address's.
        public void Note(TransactionId by, int height, long units)
        {
            if (History.Count > 0 && History[^1].Transaction == by)
            {
                History[^1] = History[^1] with { DeltaUnits = History[^1].DeltaUnits + units };
            }
            else
            {
                History.Add(new HistoryEntry(by, height, units));
            }
        }
    }

    private sealed class ByBalance : IComparer<AddressBalance>
    {
        public static readonly ByBalance Instance = new();

        public int Compare(AddressBalance x, AddressBalance y)
        {
            int byBalance = y.Balance.CompareTo(x.Balance);
            return byBalance != 0 ? byBalance : x.Address.CompareTo(y.Address);
        }
    }
}
