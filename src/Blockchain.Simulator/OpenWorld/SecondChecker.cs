using System.Collections.Immutable;
using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Simulator;

/// <summary>
/// Judges blocks a second time, by rules written down again without the product's: no undo, no caches, no indexes; each
/// valid block has its whole state, which shares what it can with its parent's. Slow, and simple enough to be read.
/// </summary>
internal sealed class SecondChecker
{
    private static readonly UInt128 MostUnits = 1UL << 62;
    private readonly NetworkParameters _parameters;
    private readonly Block _genesis;
    private readonly Dictionary<BlockHash, Block> _bodies = [];
    private readonly Dictionary<BlockHash, (State? State, string Fault)> _judged = [];

    /// <summary>Begins with the first block of the network.</summary>
    public SecondChecker(NetworkParameters parameters)
    {
        _parameters = parameters;
        _genesis = Genesis.Of(parameters);
        _judged[_genesis.Hash] = (new State { Block = _genesis, Work = UInt256.Zero }, string.Empty);
    }

    /// <summary>The state behind a block; null when it is not valid, or not all that it stands on is known.</summary>
    public State? Find(BlockHash hash)
    {
        Judge(hash);
        return _judged.TryGetValue(hash, out (State? State, string Fault) at) ? at.State : null;
    }

    /// <summary>Takes a body in. A block may be stored before the one it stands on.</summary>
    /// <returns>What is wrong with the body whatever it stands on; empty when nothing is.</returns>
    public string Learn(Block block)
    {
        string fault = CommitmentFault(block);
        if (fault.Length == 0)
        {
            _bodies[block.Hash] = block;
        }

        return fault;
    }

    /// <summary>What is wrong with a block; empty when nothing is.</summary>
    public string Judge(BlockHash hash)
    {
        Stack<Block> open = new();
        BlockHash at = hash;
        while (!_judged.ContainsKey(at))
        {
            if (!_bodies.TryGetValue(at, out Block? block))
            {
                return $"block {at.Short} is not known";
            }

            open.Push(block);
            at = block.Header.Previous;
        }

        foreach (Block block in open)
        {
            _judged[block.Hash] = _judged[block.Header.Previous].State is { } parent
                ? Next(parent, block)
                : (null, "its parent is not valid");
        }

        return _judged[hash].Fault;
    }

    /// <summary>Whether the transaction could stand in a block behind this state.</summary>
    public bool Fits(State state, Transaction transaction) =>
        Apply(state with { Height = state.Height + 1 }, transaction, out _, out _).Length == 0;

    private (State? State, string Fault) Next(State parent, Block block)
    {
        string fault = HeaderFault(parent, block);
        if (fault.Length > 0)
        {
            return (null, fault);
        }

        Target.FromCompact(block.Header.Bits, out Target target);
        State state = parent with
        {
            Block = block,
            Parent = parent,
            Height = parent.Height + 1,
            Work = parent.Work + Work.Of(target).Value,
        };
        UInt128 fees = 0;
        foreach (Transaction transaction in block.Transactions.Skip(1))
        {
            fault = Apply(state, transaction, out State next, out ulong fee);
            if (fault.Length > 0)
            {
                return (null, $"{transaction}: {fault}");
            }

            (state, fees) = (next, fees + fee);
        }

        long reward = _parameters.RewardUnitsAt(state.Height);
        Transaction.Coinbase coinbase = (Transaction.Coinbase)block.Transactions[0];
        UInt128 paid = coinbase.Outputs.Aggregate((UInt128)0, (sum, output) => sum + (ulong)output.Amount.Units);
        if (coinbase.Height != state.Height || paid != fees + (ulong)reward)
        {
            return (null, "its coinbase names another height or pays another sum");
        }

        return (Pay(state, coinbase, isReward: true) with { Supply = parent.Supply + reward }, string.Empty);
    }

    private static string CommitmentFault(Block block)
    {
        Hash[] level = [.. block.Transactions.Select(static transaction => transaction.Id.Leaf)];
        HashSet<Hash> distinct = [.. level];
        while (level.Length > 1)
        {
            level = [.. level.Chunk(2).Select(static pair => Hash256.OfPair(pair[0], pair[^1]))];
        }

        return level.Length > 0 && level[0] == block.Header.MerkleRoot && distinct.Count == block.Transactions.Count
            ? string.Empty
            : "its transactions are not what its header commits to";
    }

    private string HeaderFault(State parent, Block block)
    {
        uint[] times = [.. parent.Back().Take(11).Select(static state => state.Block.Header.Time).Order()];
        UInt256 hash = UInt256.FromLittleEndian(block.Header.ComputeHash().Value);
        return Target.FromCompact(block.Header.Bits, out Target target) != CompactFault.None ? "it names no target"
            : block.Header.Bits != _parameters.StartBits ? "its target is another than the network's"
            : hash > target.Value ? "no work was done"
            : block.Header.Time <= times[times.Length / 2] ? "it is older than the median"
            : block.Size > _parameters.MaxBlockBytes ? "it is too large"
            : block.Transactions.Count(static transaction => transaction is Transaction.Coinbase) != 1
                || block.Transactions[0] is not Transaction.Coinbase ? "it has not one coinbase, at its start"
            : string.Empty;
    }

    private string Apply(State state, Transaction transaction, out State next, out ulong fee)
    {
        fee = 0;
        next = state;
        switch (transaction)
        {
            case Transaction.Payment payment:
                fee = (ulong)payment.Fee.Units;
                return Spend(state, payment, out next);
            case Transaction.Message message:
                return Say(state, message, out next);
            case Transaction.Ballot ballot:
                next = state with { Votes = state.Votes.Add((ballot.ElectionName, ballot.Voter)) };
                return ballot.Signature != OpenSignatures.Sign(ballot.Key, ballot.SignedBytes(_genesis.Hash))
                    ? "its signature is wrong"
                    : state.Votes.Contains((ballot.ElectionName, ballot.Voter)) ? "the voter has voted" : string.Empty;
            default:
                return "it does not belong here";
        }
    }

    private static string Say(State state, Transaction.Message message, out State next)
    {
        (Ed25519Key, string, long) said = message.Nonce is { } nonce
            ? (message.Sender, string.Empty, nonce)
            : (message.Sender, message.Text, -1);
        next = state with { Said = state.Said.Add(said) };
        bool follows = message.Nonce is null or 0
            || state.Said.Contains((message.Sender, string.Empty, message.Nonce.Value - 1));
        return message.Signature != OpenSignatures.Sign(message.Sender, message.SignedBytes())
            ? "its signature is wrong"
            : state.Said.Contains(said) ? "it was said before"
            : follows ? string.Empty
            : "a nonce is missing";
    }

    private string Spend(State state, Transaction.Payment payment, out State next)
    {
        next = state;
        byte[] signed = payment.SignedBytes(_genesis.Hash);
        UInt128 worth = 0;
        foreach (TransactionInput input in payment.Inputs)
        {
            if (!next.Unspent.TryGetValue(input.Source, out Coin coin))
            {
                return "it spends what is not there";
            }

            if (Address.Of(input.Key) != coin.Owner || input.Signature != OpenSignatures.Sign(input.Key, signed))
            {
                return "its signature is wrong";
            }

            if (coin.IsReward && state.Height - coin.Height < _parameters.CoinbaseMaturity)
            {
                return "the reward is too young";
            }

            worth += (ulong)coin.Units;
            next = next with { Unspent = next.Unspent.Remove(input.Source) };
        }

        UInt128 paid = payment.Outputs.Aggregate(
            (UInt128)(ulong)payment.Fee.Units, static (sum, output) => sum + (ulong)output.Amount.Units);
        bool amounts = payment.Outputs.Count > 0 && payment.Outputs.All(static output => output.Amount.Units > 0);
        next = Pay(next, payment, isReward: false);
        return amounts && payment.Fee.Units >= 0 && paid == worth && paid < MostUnits
            ? string.Empty
            : "inputs are not outputs and fee";
    }

    private static State Pay(State state, Transaction transaction, bool isReward)
    {
        ImmutableDictionary<OutPoint, Coin> unspent = state.Unspent;
        for (int i = 0; i < transaction.Outputs.Count; i++)
        {
            TransactionOutput output = transaction.Outputs[i];
            unspent = unspent.Add(
                new OutPoint(transaction.Id, i), new Coin(output.To, output.Amount.Units, state.Height, isReward));
        }

        return state with { Unspent = unspent };
    }

    /// <summary>An output that is not spent.</summary>
    internal readonly record struct Coin(Address Owner, long Units, int Height, bool IsReward);

    /// <summary>Everything that a chain up to a block amounts to.</summary>
    internal sealed record State
    {
        public required Block Block { get; init; }

        public State? Parent { get; init; }

        public int Height { get; init; }

        public required UInt256 Work { get; init; }

        public long Supply { get; init; }

        public ImmutableDictionary<OutPoint, Coin> Unspent { get; init; } =
            ImmutableDictionary<OutPoint, Coin>.Empty;

        public ImmutableHashSet<(Ed25519Key Sender, string Text, long Nonce)> Said { get; init; } = [];

        public ImmutableHashSet<(string Election, string Voter)> Votes { get; init; } = [];

        /// <summary>This and what it stands on, down to the first.</summary>
        public IEnumerable<State> Back()
        {
            for (State? state = this; state is not null; state = state.Parent)
            {
                yield return state;
            }
        }
    }
}
