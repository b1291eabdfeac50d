using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>
/// What a ledger amounts to: the replay of its blocks from index 0. The bank decides by it, a client settles by it, an
/// auditor judges by it; all three run this code, so they cannot disagree about what a block means.
/// </summary>
/// <remarks>
/// Invariants: keys rise; the sum of the balances is the sum of the deposits; no balance is below 0; a transfer id
/// stands in one block; every outcome is what the balances gave at its place.
/// </remarks>
public sealed class LedgerState
{
    private readonly List<Account> _accounts = [];
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<PublicKey, int> _owners = [];
    private readonly TransferIndex _transfers = new();

    /// <summary>Number of blocks.</summary>
    public long Count => Hashes.Count;

    /// <summary>Hash of every block, by index.</summary>
    public PieceList<Hash> Hashes { get; } = new();

    /// <summary>Hash of the last block; <see cref="Hash.Empty"/> before the first.</summary>
    public Hash Head { get; private set; } = Hash.Empty;

    /// <summary>Key of the last block.</summary>
    public BlockKey LastKey { get; private set; }

    /// <summary>Number of the current view; 0 before the first block.</summary>
    public int Epoch { get; private set; }

    /// <summary>Members of the current view, ascending.</summary>
    public IReadOnlyList<int> Members { get; private set; } = [];

    /// <summary>The bank's key, from the first block.</summary>
    public PublicKey BankKey { get; private set; }

    /// <summary>Index of the current view's VIEW block; -1 before the first.</summary>
    public long ViewIndex { get; private set; } = -1;

    /// <summary>Token of the current view's VIEW block.</summary>
    public Token ViewToken { get; private set; }

    /// <summary>Sum of the opening deposits, which is the sum of all balances.</summary>
    public Money Total { get; private set; }

    /// <summary>All accounts, by number.</summary>
    public IReadOnlyList<Account> Accounts => _accounts;

    /// <summary>Names the ledger: the hash of its first block.</summary>
    public Hash LedgerId => Count > 0 ? Hashes[0] : default;

    /// <summary>The account of this number, or null.</summary>
    public Account? Find(int account) =>
        account >= 1 && account <= _accounts.Count ? _accounts[account - 1] : null;

    /// <summary>The account of this key, or null.</summary>
    public Account? FindOwner(PublicKey key) => _owners.TryGetValue(key, out int id) ? Find(id) : null;

    /// <summary>Whether an account has this name; case does not count.</summary>
    public bool HasName(string name) => _names.Contains(name);

    /// <summary>Whether the client takes part in the current view.</summary>
    public bool IsMember(int client) => Members is int[] members
        ? Array.BinarySearch(members, client) >= 0
        : Members.Contains(client);

    /// <summary>Where a transfer stands and what became of it.</summary>
    /// <returns>False when it does not stand in the ledger.</returns>
    public bool TryFind(TransferId id, out long index, out Outcome outcome) =>
        _transfers.TryGet(id, out index, out outcome);

    /// <summary>What becomes of a transfer if it comes next: the one rule about money.</summary>
    public Outcome Decide(TransferTerms transfer)
    {
        if (!transfer.Amount.IsTransferable)
        {
            return Outcome.InvalidAmount;
        }

        if (transfer.To == transfer.From)
        {
            return Outcome.SelfTransfer;
        }

        if (Find(transfer.To) is null || Find(transfer.From) is not { } from)
        {
            return Outcome.UnknownAccount;
        }

        return from.Balance.Minor >= transfer.Amount.Minor ? Outcome.Success : Outcome.InsufficientFunds;
    }

    /// <summary>Checks that the block may stand next, and if so appends it.</summary>
    /// <returns><see cref="LedgerFault.None"/>, or why not; then nothing has changed.</returns>
    public LedgerFault TryAppend(Block block) => TryAppend(block, block.HashAfter(Head));

    /// <summary>The same for a block whose hash behind <see cref="Head"/> is known already.</summary>
    public LedgerFault TryAppend(Block block, Hash hash)
    {
        TransferTerms transfer = TermsOf(block);
        LedgerFault fault = Check(block, transfer);
        if (fault == LedgerFault.None)
        {
            Append(block, transfer, hash);
        }

        return fault;
    }

    /// <summary>
    /// Appends without asking whether the block may stand there. Only for a simulation that has taken a rule out: what
    /// it lets happen must be found by its checkers, not stopped here.
    /// </summary>
    internal void AppendUnchecked(Block block, Hash hash) => Append(block, TermsOf(block), hash);

    private static TransferTerms TermsOf(Block block) => block is Block.Payment payment ? payment.Terms : default;

    private LedgerFault Check(Block block, in TransferTerms transfer)
    {
        if (Count == 0 && block is not Block.View { Epoch: 1 })
        {
            return LedgerFault.NoGenesis;
        }

        if (Count > 0 && block.Key <= LastKey)
        {
            return LedgerFault.KeyNotRising;
        }

        return block switch
        {
            Block.View view => CheckView(view),
            Block.Open open => CheckOpen(open),
            Block.Payment payment => CheckPayment(payment, transfer),
            _ => throw new InvariantException("the kinds of block are closed"),
        };
    }

    private LedgerFault CheckView(Block.View view)
    {
        if (view.Key.Token.Client != Limits.Bank)
        {
            return LedgerFault.WrongMaker;
        }

        if (view.Epoch != Epoch + 1)
        {
            return LedgerFault.WrongEpoch;
        }

        if (Count > 0 && view.BankKey != BankKey)
        {
            return LedgerFault.WrongBankKey;
        }

        for (int i = 0; i < view.Members.Count; i++)
        {
            if (Find(view.Members[i]) is null || (i > 0 && view.Members[i] <= view.Members[i - 1]))
            {
                return LedgerFault.WrongMembers;
            }
        }

        return LedgerFault.None;
    }

    private LedgerFault CheckOpen(Block.Open open)
    {
        if (open.Key.Token.Client != Limits.Bank)
        {
            return LedgerFault.WrongMaker;
        }

        if (open.Epoch != Epoch)
        {
            return LedgerFault.WrongEpoch;
        }

        if (open.Account != _accounts.Count + 1 || HasName(open.Name) || !ClientName.IsValid(open.Name)
            || _owners.ContainsKey(open.PublicKey))
        {
            return LedgerFault.WrongAccount;
        }

        return open.Deposit.Minor is >= 0 and <= Limits.AmountMinor && Total.Minor <= long.MaxValue - open.Deposit.Minor
            ? LedgerFault.None
            : LedgerFault.WrongDeposit;
    }

    private LedgerFault CheckPayment(Block.Payment payment, in TransferTerms transfer)
    {
        Token token = payment.Key.Token;
        int expectedSeq = token == LastKey.Token ? LastKey.Seq + 1 : 0;
        if (token.Client == Limits.Bank)
        {
            return LedgerFault.WrongMaker;
        }

        if (payment.Epoch != Epoch)
        {
            return LedgerFault.WrongEpoch;
        }

        if (!IsMember(token.Client))
        {
            return LedgerFault.NotMember;
        }

        if (transfer.From != token.Client)
        {
            return LedgerFault.NotOwner;
        }

        if (payment.Key.Seq != expectedSeq)
        {
            return LedgerFault.WrongSeq;
        }

        if (_transfers.Contains(transfer.Id))
        {
            return LedgerFault.DuplicateTransfer;
        }

        return Decide(transfer) == payment.Outcome ? LedgerFault.None : LedgerFault.WrongOutcome;
    }

    private void Append(Block block, in TransferTerms transfer, Hash hash)
    {
        switch (block)
        {
            case Block.View view:
                Epoch = view.Epoch;
                Members = view.Members.ToArray();
                BankKey = view.BankKey;
                ViewIndex = Count;
                ViewToken = view.Key.Token;
                break;
            case Block.Open open:
                _accounts.Add(new Account(open.Account, open.Name, open.Deposit, open.PublicKey));
                _names.Add(open.Name);
                _owners.Add(open.PublicKey, open.Account);
                Total = new Money(checked(Total.Minor + open.Deposit.Minor));
                break;
            case Block.Payment payment:
                _transfers.Add(transfer.Id, Count, payment.Outcome);
                Move(transfer, payment.Outcome);
                break;
        }

        LastKey = block.Key;
        Head = hash;
        Hashes.Add(hash);
    }

    private void Move(in TransferTerms transfer, Outcome outcome)
    {
        if (outcome == Outcome.Success)
        {
            _accounts[transfer.From - 1].Add(-transfer.Amount.Minor);
            _accounts[transfer.To - 1].Add(transfer.Amount.Minor);
        }
    }
}
