using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>Where a transaction stands on the chain.</summary>
/// <param name="Height">Height of its block.</param>
/// <param name="Index">Its place in the block, from 0.</param>
/// <param name="Outputs">How many outputs it has.</param>
public readonly record struct TransactionPlace(int Height, int Index, int Outputs);

/// <summary>What a block spent, in the order of its inputs: with it the block can be taken off the chain
/// again.</summary>
/// <param name="Spent">What each input was worth.</param>
public sealed record BlockUndo(IReadOnlyList<UnspentOutput> Spent);

/// <summary>
/// What a chain of blocks amounts to. Derived: the replay of the blocks gives it, and taking a block off gives back
/// what was before.
/// </summary>
/// <remarks>
/// Invariants: the sum of the balances is the sum of the rewards; no output is spent twice; a (voter, election) has
/// one ballot; a sender's nonces are 0, 1, 2 and so on.
/// </remarks>
public sealed class ChainState : LedgerView
{
    private readonly NetworkParameters _parameters;
    private readonly OpenRules _rules;
    private readonly Dictionary<OutPoint, UnspentOutput> _unspent = [];
    private readonly Dictionary<TransactionId, TransactionPlace> _places = [];
    private readonly Dictionary<Ed25519Key, long> _nonces = [];
    private readonly HashSet<(Ed25519Key Sender, string Text)> _messages = [];
    private readonly Dictionary<string, ElectionState> _elections = new(StringComparer.Ordinal);
    private readonly AddressBalances _balances = new();
    private readonly List<BlockHash> _hashes = [];

    /// <summary>Starts with the network's first block.</summary>
    /// <param name="parameters">The network.</param>
    /// <param name="rules">All of them, but in a simulation that shows what one is for.</param>
    public ChainState(NetworkParameters parameters, OpenRules rules = OpenRules.All)
    {
        _parameters = parameters;
        _rules = rules;
        Maturity = rules.HasFlag(OpenRules.Maturity) ? parameters.CoinbaseMaturity : 0;
        Block genesis = Genesis.Of(parameters);
        GenesisHash = genesis.Hash;
        _hashes.Add(genesis.Hash);
        _places.Add(genesis.Transactions[0].Id, new TransactionPlace(0, 0, 0));
    }

    /// <summary>Names the network: the hash of its first block.</summary>
    public BlockHash GenesisHash { get; }

    /// <summary>Height of the tip; 0 for the first block.</summary>
    public int Height => _hashes.Count - 1;

    /// <summary>Hash of the last block.</summary>
    public BlockHash Tip => _hashes[^1];

    /// <summary>Hash of every block, by height.</summary>
    public IReadOnlyList<BlockHash> Hashes => _hashes;

    /// <summary>Sum of all rewards, which is the sum of all balances.</summary>
    public Coins Supply { get; private set; }

    /// <summary>Transactions on the chain, coinbases included.</summary>
    public int TransactionCount => _places.Count;

    /// <summary>Addresses that hold something.</summary>
    public int AddressCount => _balances.Count;

    /// <summary>All balances, the highest first. Enumerate only what is needed.</summary>
    public IEnumerable<AddressBalance> RichList => _balances.Rich;

    /// <summary>The elections of which the chain knows, by name.</summary>
    public IReadOnlyDictionary<string, ElectionState> Elections => _elections;

    /// <inheritdoc/>
    public override int NextHeight => Height + 1;

    /// <summary>How many blocks deep a reward must be before it may be spent.</summary>
    public int Maturity { get; }

    /// <summary>What the block at this height creates.</summary>
    public Coins RewardAt(int height) => new(_parameters.RewardUnitsAt(height));

    /// <summary>Sum of the unspent outputs of an address.</summary>
    public Coins BalanceOf(Address address) => _balances.BalanceOf(address);

    /// <summary>The outputs that an address can spend, in no particular order.</summary>
    public IReadOnlyCollection<OutPoint> UnspentOf(Address address) => _balances.UnspentOf(address);

    /// <summary>What transactions did to an address, the first first.</summary>
    public IReadOnlyList<HistoryEntry> HistoryOf(Address address) => _balances.HistoryOf(address);

    /// <summary>Finds a transaction on the chain.</summary>
    public bool TryFind(TransactionId id, out TransactionPlace place) => _places.TryGetValue(id, out place);

    /// <summary>Whether the block is on this chain.</summary>
    public bool Contains(BlockNode block) => block.Height <= Height && _hashes[block.Height] == block.Hash;

    /// <inheritdoc/>
    public override OutputStatus Find(OutPoint source, out UnspentOutput output) =>
        _unspent.TryGetValue(source, out output) ? OutputStatus.Unspent
        : _places.TryGetValue(source.Transaction, out TransactionPlace place) && source.Index < place.Outputs
            ? OutputStatus.Spent
        : OutputStatus.Unknown;

    /// <inheritdoc/>
    public override long NextNonce(Ed25519Key sender) => _nonces.GetValueOrDefault(sender);

    /// <inheritdoc/>
    public override bool HasMessage(Ed25519Key sender, string text) => _messages.Contains((sender, text));

    /// <inheritdoc/>
    public override bool TryFindElection(string name, out Transaction.Election? definition)
    {
        bool found = _elections.TryGetValue(name, out ElectionState? state);
        definition = state?.Definition;
        return found;
    }

    /// <inheritdoc/>
    public override bool HasBallot(string election, string voter) =>
        _elections.TryGetValue(election, out ElectionState? state) && state.Ballots.ContainsKey(voter);

    /// <summary>Checks that the block may stand next and if so appends it. <see cref="BlockForm.Check"/> has passed
    /// it.</summary>
    /// <param name="block">The block.</param>
    /// <param name="isSigned">Says whether a transaction's signatures are good; asked last, since it is what costs.
    /// Null when they were checked before.</param>
    /// <param name="undo">What <see cref="Disconnect"/> needs.</param>
    /// <returns><see cref="BlockRefusal.None"/>, or why not; then nothing has changed.</returns>
    public BlockRefusal TryConnect(Block block, Predicate<Transaction>? isSigned, out BlockUndo undo)
    {
        List<UnspentOutput> spent = [];
        undo = new BlockUndo(spent);
        if (block.Header.Previous != Tip)
        {
            return new BlockRefusal(BlockFault.UnknownParent);
        }

        int height = NextHeight;
        if (block.Transactions is not [Transaction.Coinbase coinbase, ..] || coinbase.Height != height)
        {
            return new BlockRefusal(BlockFault.WrongHeight);
        }

        int applied = 0;
        BlockRefusal refusal = Apply(block, height, spent, ref applied);
        if (refusal.Fault == BlockFault.None && isSigned is not null)
        {
            refusal = CheckSignatures(block, isSigned);
        }

        if (refusal.Fault != BlockFault.None)
        {
            Revert(block, applied, spent);
            return refusal;
        }

        _hashes.Add(block.Hash);
        Supply += RewardAt(height);
        return BlockRefusal.None;
    }

    /// <summary>Takes the last block off: everything is as it was before it.</summary>
    /// <param name="block">The block of the tip.</param>
    /// <param name="undo">What <see cref="TryConnect"/> gave.</param>
    public void Disconnect(Block block, BlockUndo undo)
    {
        Invariant.Holds(block.Hash == Tip && Height > 0, "the last block is taken off first, and never the first one");
        Supply -= RewardAt(Height);
        _hashes.RemoveAt(Height);
        Revert(block, block.Transactions.Count, undo.Spent);
    }

    /// <summary>Makes the undo data of a block on this chain again, from the blocks that made what it spent.</summary>
    /// <param name="block">A block of this chain.</param>
    /// <param name="blocks">The stored blocks.</param>
    public BlockUndo RebuildUndo(Block block, IBlockReader blocks)
    {
        List<UnspentOutput> spent = [];
        Block? source = null;
        foreach (Transaction.Payment payment in block.Transactions.OfType<Transaction.Payment>())
        {
            foreach (TransactionInput input in payment.Inputs)
            {
                TransactionPlace place = _places[input.Source.Transaction];
                BlockHash hash = _hashes[place.Height];
                source = hash == block.Hash ? block : source?.Hash == hash ? source : blocks.Read(hash);
                TransactionOutput output = source.Transactions[place.Index].Outputs[input.Source.Index];
                spent.Add(new UnspentOutput(output.To, output.Amount, place.Height, place.Index == 0));
            }
        }

        return new BlockUndo(spent);
    }

    private BlockRefusal Apply(Block block, int height, List<UnspentOutput> spent, ref int applied)
    {
        Int128 due = RewardAt(height).Units;
        for (int i = 0; i < block.Transactions.Count; i++)
        {
            Transaction transaction = block.Transactions[i];
            Refusal refusal = _places.ContainsKey(transaction.Id)
                ? Refusal.AlreadyOnChain
                : LedgerRules.Check(transaction, this, Maturity);
            if (refusal != Refusal.None)
            {
                return new BlockRefusal(BlockFault.InvalidTransaction, refusal, i);
            }

            Apply(transaction, height, i, spent);
            applied++;
            due += transaction is Transaction.Payment payment ? payment.Fee.Units : 0;
        }

        foreach (TransactionOutput output in block.Transactions[0].Outputs)
        {
            due -= output.Amount.Units;
        }

        return due == 0 || !_rules.HasFlag(OpenRules.Reward)
            ? BlockRefusal.None
            : new BlockRefusal(BlockFault.WrongReward);
    }

    private static BlockRefusal CheckSignatures(Block block, Predicate<Transaction> isSigned)
    {
        for (int i = 0; i < block.Transactions.Count; i++)
        {
            if (!isSigned(block.Transactions[i]))
            {
                return new BlockRefusal(BlockFault.InvalidTransaction, Refusal.BadSignature, i);
            }
        }

        return BlockRefusal.None;
    }

    private void Apply(Transaction transaction, int height, int index, List<UnspentOutput> spent)
    {
        _places.Add(transaction.Id, new TransactionPlace(height, index, transaction.Outputs.Count));
        switch (transaction)
        {
            case Transaction.Payment payment:
                foreach (TransactionInput input in payment.Inputs)
                {
                    bool found = _unspent.Remove(input.Source, out UnspentOutput output);
                    Invariant.Holds(found, "what is spent was checked to be there");
                    spent.Add(output);
                    _balances.Debit(input.Source, output, payment.Id, height);
                }

                break;
            case Transaction.Message { Nonce: { } nonce } message:
                _nonces[message.Sender] = nonce + 1;
                break;
            case Transaction.Message message:
                _messages.Add((message.Sender, message.Text));
                break;
            case Transaction.Election election:
                ElectionOf(election.Name).Definition = election;
                break;
            case Transaction.Ballot ballot:
                ElectionOf(ballot.ElectionName).Add(ballot);
                break;
        }

        for (int i = 0; i < transaction.Outputs.Count; i++)
        {
            OutPoint name = new(transaction.Id, i);
            UnspentOutput output = new(
                transaction.Outputs[i].To, transaction.Outputs[i].Amount, height, transaction is Transaction.Coinbase);
            _unspent.Add(name, output);
            _balances.Credit(name, output, transaction.Id, height);
        }
    }

    /// <summary>Takes back the first <paramref name="count"/> transactions of a block, the last first.</summary>
    private void Revert(Block block, int count, IReadOnlyList<UnspentOutput> spent)
    {
        int left = spent.Count;
        for (int i = count - 1; i >= 0; i--)
        {
            Transaction transaction = block.Transactions[i];
            RevertOutputs(transaction);
            if (transaction is Transaction.Payment payment && _rules.HasFlag(OpenRules.Undo))
            {
                for (int input = payment.Inputs.Count - 1; input >= 0; input--)
                {
                    UnspentOutput output = spent[--left];
                    _unspent.Add(payment.Inputs[input].Source, output);
                    _balances.UndoDebit(payment.Inputs[input].Source, output, payment.Id);
                }
            }

            RevertNames(transaction);
            _places.Remove(transaction.Id);
        }
    }

    private void RevertOutputs(Transaction transaction)
    {
        for (int i = transaction.Outputs.Count - 1; i >= 0; i--)
        {
            OutPoint name = new(transaction.Id, i);
            bool found = _unspent.Remove(name, out UnspentOutput output);
            Invariant.Holds(found, "what a later transaction spent was given back before");
            _balances.UndoCredit(name, output, transaction.Id);
        }
    }

    private void RevertNames(Transaction transaction)
    {
        switch (transaction)
        {
            case Transaction.Message { Nonce: > 0 and var nonce } message:
                _nonces[message.Sender] = nonce;
                break;
            case Transaction.Message { Nonce: 0 } message:
                _nonces.Remove(message.Sender);
                break;
            case Transaction.Message message:
                _messages.Remove((message.Sender, message.Text));
                break;
            case Transaction.Election election:
                ElectionOf(election.Name).Definition = null;
                DropIfEmpty(election.Name);
                break;
            case Transaction.Ballot ballot:
                ElectionOf(ballot.ElectionName).Remove(ballot);
                DropIfEmpty(ballot.ElectionName);
                break;
        }
    }

    private ElectionState ElectionOf(string name)
    {
        if (!_elections.TryGetValue(name, out ElectionState? state))
        {
            state = new ElectionState();
            _elections.Add(name, state);
        }

        return state;
    }

    private void DropIfEmpty(string name)
    {
        if (_elections[name].IsEmpty)
        {
            _elections.Remove(name);
        }
    }
}
