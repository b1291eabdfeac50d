using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;
using Blockchain.Wire.Http;

namespace Blockchain.Tests.Applications;

/// <summary>A node in memory that mines when the test says so. It knows payments and ballots as far as the applications
/// look at them, and believes every signature.</summary>
internal sealed class FakeNode : INodeApi
{
    private readonly List<Dictionary<string, Transaction>> _blocks = [[]];
    private readonly Dictionary<string, Transaction> _pending = [];
    private int _made;
    private readonly Channel<NodeEventDto> _events = Channel.CreateUnbounded<NodeEventDto>();

    /// <summary>The chain of headers, apart from the blocks in which transactions are.</summary>
    public List<NodeBlockDto> Chain { get; } = [];

    public static BlockHash Network => BlockHash.Zero;

    public Func<Transaction, ApiException?> Refuse { get; set; } = _ => null;

    /// <summary>What the node makes of a block that it is asked for.</summary>
    public Func<NodeBlockDto, NodeBlockDto> Tamper { get; set; } = block => block;

    /// <summary>Whether nobody answers.</summary>
    public bool IsDead { get; set; }

    public Dictionary<string, UnspentDto[]> Unspent { get; } = [];

    public IReadOnlyCollection<Transaction> Pending => _pending.Values;

    public int Height => _blocks.Count - 1;

    /// <summary>Puts what waits into a block.</summary>
    public void Mine()
    {
        lock (_blocks)
        {
            _blocks.Add(new(_pending));
            _pending.Clear();
        }
    }

    /// <summary>Leaves the tip for two empty blocks; its transactions wait again.</summary>
    public void Reorganize()
    {
        lock (_blocks)
        {
            foreach ((string id, Transaction transaction) in _blocks[^1])
            {
                _pending.Add(id, transaction);
            }

            _blocks[^1] = [];
            _blocks.Add([]);
        }
    }

    /// <summary>The ballots on the chain, then those that wait.</summary>
    public IReadOnlyList<Transaction.Ballot> Ballots()
    {
        lock (_blocks)
        {
            return
            [
                .. _blocks.SelectMany(block => block.Values).Concat(_pending.Values).OfType<Transaction.Ballot>(),
            ];
        }
    }

    /// <summary>Adds blocks of one transaction each to the chain of headers, with the work that their target asks
    /// for.</summary>
    public void Extend(int blocks)
    {
        for (int i = 0; i < blocks; i++)
        {
            BlockHash previous = BlockHash.Zero;
            if (Chain.Count > 0)
            {
                BlockHash.TryParse(Chain[^1].Header.Hash, out previous);
            }

            TransactionId id = new(Hash256.Of(BitConverter.GetBytes(_made++)).Value);
            CompactTarget bits = new(0x207f_ffff);
            Target.FromCompact(bits, out Target target);
            Header header = new(1, previous, id.Leaf, 1_767_225_600, bits, 0);
            while (!target.IsMetBy(header.ComputeHash()))
            {
                header = header with { Nonce = header.Nonce + 1 };
            }

            Chain.Add(BlockOf(header, Chain.Count, [new TransactionDto(id.ToString(), "coinbase", 100)]));
        }
    }

    /// <summary>Takes the end of the chain of headers away.</summary>
    public void Cut(int height) => Chain.RemoveRange(height, Chain.Count - height);

    /// <summary>A block with this header.</summary>
    public static NodeBlockDto BlockOf(Header header, int height, TransactionDto[] transactions)
    {
        byte[] bytes = new byte[Header.Size];
        header.Write(bytes);
        HeaderDto dto = new(
            height, header.ComputeHash().ToString(), header.Version, header.Previous.ToString(),
            new BlockHash(header.MerkleRoot.Value).ToString(), header.Time, "207fffff", header.Nonce,
            Convert.ToHexStringLower(bytes));
        return new NodeBlockDto(dto, 1, 100, 50, transactions.Length, transactions);
    }

    /// <summary>Drops what waits.</summary>
    public void Forget()
    {
        lock (_blocks)
        {
            _pending.Clear();
        }
    }

    /// <summary>Leaves the block of a transaction for one that has another transaction instead.</summary>
    public void Replace(string txid, Transaction other)
    {
        lock (_blocks)
        {
            _blocks.First(block => block.ContainsKey(txid)).Remove(txid);
            _blocks.Add(new() { [other.Id.ToString()] = other });
        }
    }

    /// <summary>Something happens.</summary>
    public void Tell(NodeEventDto happened) => _events.Writer.TryWrite(happened);

    public Task<NodeInfoDto> GetInfoAsync(CancellationToken cancellationToken) => IsDead
        ? Task.FromException<NodeInfoDto>(new HttpRequestException("nobody listens"))
        : Task.FromResult(new NodeInfoDto(
        "fake", Height, 0, 0, 10, 50, [], Network.ToString(),
        Chain.Count > 0 ? Chain[^1].Header.Hash : new string('0', 64),
        new string('0', 64), "1d00ffff",
        _pending.Count, 10, 0, 2, false, null));

    public Task<SubmitAnswerDto> SubmitAsync(SubmitBody body, CancellationToken cancellationToken)
    {
        Transaction transaction = Transaction.Decode(Convert.FromHexString(body.Hex));
        if (Refuse(transaction) is { } refusal)
        {
            return Task.FromException<SubmitAnswerDto>(refusal);
        }

        bool isTaken = transaction is Transaction.Ballot ballot && Ballots().Any(other =>
            other.ElectionName == ballot.ElectionName && other.Voter == ballot.Voter);
        if (isTaken)
        {
            return Task.FromException<SubmitAnswerDto>(Refusal(Core.OpenNetwork.Refusal.DuplicateVote));
        }

        lock (_blocks)
        {
            _pending.Add(transaction.Id.ToString(), transaction);
        }

        return Task.FromResult(new SubmitAnswerDto(transaction.Id.ToString()));
    }

    public static ApiException Refusal(Refusal refusal) =>
        new(400, $"{ProblemTypes.Prefix}{(refusal == Core.OpenNetwork.Refusal.PoolFull ? "pool-full" : "other")}",
            "refused", refusal.Describe());

    public static ApiException NotFound() => new(404, ProblemTypes.Prefix + "not-found", "not found", null);

    public Task<TransactionStatusDto> GetTransactionAsync(string txid, CancellationToken cancellationToken)
    {
        if (IsDead)
        {
            return Task.FromException<TransactionStatusDto>(new HttpRequestException("nobody listens"));
        }

        int height;
        bool isPending;
        lock (_blocks)
        {
            height = _blocks.FindIndex(block => block.ContainsKey(txid));
            isPending = _pending.ContainsKey(txid);
        }

        TransactionDto dto = new(txid, "ballot", 1);
        return height >= 0
            ? Task.FromResult(new TransactionStatusDto(
                txid, TransactionStatusDto.Confirmed, Height - height + 1, height, "00", 1, dto, "00"))
            : isPending
                ? Task.FromResult(new TransactionStatusDto(
                    txid, TransactionStatusDto.Pending, 0, null, null, null, dto, "00"))
                : Task.FromException<TransactionStatusDto>(NotFound());
    }

    public Task<UtxoDto> GetUtxoAsync(string address, int from, int limit, CancellationToken cancellationToken)
    {
        // Two to a page, so that whoever reads them must turn pages.
        UnspentDto[] all = Unspent.GetValueOrDefault(address) ?? [];
        UnspentDto[] page = [.. all.Skip(from).Take(2)];
        return Task.FromResult(new UtxoDto(address, Height, page, from + 2 < all.Length ? from + 2 : null));
    }

    public Task<AddressDto> GetAddressAsync(
        string address, int from, int limit, CancellationToken cancellationToken)
    {
        UnspentDto[] all = Unspent.GetValueOrDefault(address) ?? [];
        AddressEntryDto[] entries = [.. all.Select(each => new AddressEntryDto(each.Txid, each.Height, each.Value, 0))];
        return Task.FromResult(new AddressDto(
            address,
            all.Sum(each => each.Value),
            all.Where(each => each.IsSpendable).Sum(each => each.Value),
            [.. entries.Skip(from).Take(2)],
            from + 2 < entries.Length ? from + 2 : null));
    }

    public Task<ElectionDto> GetElectionAsync(string name, CancellationToken cancellationToken)
    {
        Transaction.Ballot[] ballots = [.. Ballots().Where(ballot => ballot.ElectionName == name)];
        TallyDto[] tally =
        [
            .. ballots.Where(ballot => !_pending.ContainsKey(ballot.Id.ToString())).GroupBy(ballot => ballot.Choice)
                .Select(group => new TallyDto(group.Key, group.Count())).OrderByDescending(line => line.Votes),
        ];
        return ballots.Length == 0
            ? Task.FromException<ElectionDto>(NotFound())
            : Task.FromResult(new ElectionDto(
                name, [], 0, tally.Sum(line => line.Votes), _pending.Count, tally, null, Height));
    }

    public Task<BallotDto> GetBallotAsync(string election, string voter, CancellationToken cancellationToken) =>
        Ballots().FirstOrDefault(ballot => ballot.ElectionName == election && ballot.Voter == voter) is { } found
            ? Task.FromResult(new BallotDto(
                election, voter, found.Choice, found.Key.ToString(), found.Id.ToString(), "confirmed", 1))
            : Task.FromException<BallotDto>(NotFound());

    public async IAsyncEnumerable<NodeEventDto> WatchAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (NodeEventDto happened in _events.Reader.ReadAllAsync(cancellationToken))
        {
            if (happened.Event == "hang up")
            {
                throw new HttpRequestException("gone");
            }

            yield return happened;
        }
    }

    public Task<NodeBlocksDto> GetBlocksAsync(int from, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<NodeBlockDto> GetBlockAsync(int height, CancellationToken cancellationToken) =>
        Task.FromResult(Tamper(Chain[height]));

    public Task<NodeBlockDto> GetLastBlockAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<TransactionsDto> GetBlockTransactionsAsync(int height, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<TransactionDto> GetBlockTransactionAsync(
        int height, int index, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<InputsDto> GetInputsAsync(int height, int index, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<InputDto> GetInputAsync(int height, int index, int input, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<OutputsDto> GetOutputsAsync(int height, int index, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<OutputDto> GetOutputAsync(int height, int index, int output, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<MerkleProofDto> GetProofAsync(string blockHash, string txid, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<TransactionsDto> GetPendingAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<NodesDto> GetNodesAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<NodePeersDto> GetPeersAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<HeadersDto> GetHeadersAsync(int from, int limit, CancellationToken cancellationToken)
    {
        // Pages of seven, so that whoever reads them must turn pages.
        HeaderDto[] page = [.. Chain.Skip(from).Take(Math.Min(limit, 7)).Select(block => block.Header)];
        int next = from + page.Length;
        return Task.FromResult(new HeadersDto(page, next < Chain.Count && page.Length > 0 ? next : null));
    }

}
