using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;
using Blockchain.Core.Voting;
using Blockchain.Node.Service;
using Blockchain.Wire.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Blockchain.Node.Http;

/// <summary>What the best chain amounts to: transactions, balances, elections; and the way to hand in a
/// transaction.</summary>
internal sealed class LedgerEndpoints(NodeService service)
{
    /// <summary>Adds the routes.</summary>
    public void Map(WebApplication app)
    {
        Get(app, NodeRoutes.Info, InfoAsync, "The network as this node knows it, with the rich list.");
        Get(app, NodeRoutes.Transactions, PendingAsync, "The transactions that wait for a block.");
        Get(app, NodeRoutes.Transaction, TransactionAsync, "Where a transaction stands.");
        Get(app, NodeRoutes.Utxo, UtxoAsync, "What an address can spend.");
        Get(app, NodeRoutes.Address, AddressAsync, "Balance and history of an address.");
        Get(app, NodeRoutes.Election, ElectionAsync, "An election and its count.");
        Get(app, NodeRoutes.Ballot, BallotAsync, "The ballot of a voter.");
        app.MapPost(NodeRoutes.Transactions, SubmitAsync)
            .WithSummary("Hands a transaction in; answered when it is on disk.")
            .ProducesProblem(400).ProducesProblem(413).ProducesProblem(415).ProducesProblem(503);
    }

    private static void Get(WebApplication app, string route, Delegate answer, string summary) =>
        app.MapGet(route, answer).WithSummary(summary).ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);

    private async Task<Ok<NodeInfoDto>> InfoAsync(CancellationToken cancel) => TypedResults.Ok(
        await service.ReadAsync(
            node => new NodeInfoDto(
                service.Parameters.Name,
                node.Chain.Height,
                node.Chain.TransactionCount,
                node.Chain.AddressCount,
                service.Parameters.SpacingSeconds,
                NodeConvert.ToDecimal(node.Chain.RewardAt(node.Chain.NextHeight)),
                [
                    .. node.Chain.RichList.Take(NodeLimits.RichList).Select(static rich =>
                        new BalanceDto(rich.Address.ToString(), NodeConvert.ToDecimal(rich.Balance))),
                ],
                node.Chain.GenesisHash.ToString(),
                node.Chain.Tip.ToString(),
                node.Tip.Work.ToString(),
                node.Tree.NextBits(node.Tip).ToString(),
                node.Mempool.Count,
                service.Parameters.CoinbaseMaturity,
                NodeConvert.ToDecimal(node.Chain.Supply),
                node.Peers.Count,
                node.IsSyncing,
                service.Reward?.ToString()),
            cancel));

    private async Task<Ok<TransactionsDto>> PendingAsync(CancellationToken cancel)
    {
        (int count, Transaction[] listed) = await service.ReadAsync(
            static node => (
                node.Mempool.Count,
                node.Mempool.Entries.Take(NodeLimits.ListedPending)
                    .Select(static entry => entry.Transaction).ToArray()),
            cancel);
        return TypedResults.Ok(new TransactionsDto(count, [.. listed.Select(NodeConvert.ToDto)]));
    }

    private async Task<Results<Ok<SubmitAnswerDto>, ProblemHttpResult>> SubmitAsync(
        SubmitBody body, CancellationToken cancel)
    {
        Transaction transaction;
        try
        {
            transaction = Transaction.Decode(Convert.FromHexString(body.Hex));
        }
        catch (Exception fault) when (fault is FormatException or FormatFaultException)
        {
            return Problems.BadRequest(fault is FormatException
                ? "'hex' is not pairs of hexadecimal digits."
                : $"'hex' is no transaction: {fault.Message}.");
        }

        SubmitResult result = await service.SubmitAsync(transaction, cancel);
        return result.Refusal == Refusal.None
            ? TypedResults.Ok(new SubmitAnswerDto(result.Id.ToString()))
            : NodeProblems.Refused(result.Refusal);
    }

    private async Task<Ok<TransactionStatusDto>> TransactionAsync(string txid, CancellationToken cancel)
    {
        TransactionId id = NodeProblems.ParseId(txid);
        Where? where = await service.ReadAsync(node => Find(node, id), cancel);
        return where is { } found
            ? TypedResults.Ok(Describe(id, found))
            : throw new NodeRequestException(Problems.NotFound(
                $"transaction {id} neither waits here nor is on the best chain."));
    }

    private async Task<Ok<UtxoDto>> UtxoAsync(
        string address, string? from, string? limit, CancellationToken cancel)
    {
        (int first, int count) = NodeProblems.Page(from, limit);
        Address owner = NodeProblems.ParseAddress(address);
        return TypedResults.Ok(await service.ReadAsync(node => Utxo(node, owner, first, count), cancel));
    }

    private async Task<Ok<AddressDto>> AddressAsync(
        string address, string? from, string? limit, CancellationToken cancel)
    {
        (int first, int count) = NodeProblems.Page(from, limit);
        Address owner = NodeProblems.ParseAddress(address);
        return TypedResults.Ok(await service.ReadAsync(
            node =>
            {
                IReadOnlyList<HistoryEntry> history = node.Chain.HistoryOf(owner);
                AddressEntryDto[] entries = [.. history.Skip(first).Take(count).Select(ToDto)];
                return new AddressDto(
                    owner.ToString(),
                    NodeConvert.ToDecimal(node.Chain.BalanceOf(owner)),
                    Unspent(node, owner).Where(static unspent => unspent.IsSpendable)
                        .Sum(static unspent => unspent.Value),
                    entries,
                    first + entries.Length < history.Count && entries.Length > 0 ? first + entries.Length : null);
            },
            cancel));
    }

    private async Task<Ok<ElectionDto>> ElectionAsync(string name, CancellationToken cancel) =>
        TypedResults.Ok(await service.ReadAsync(node => Election(node, name), cancel)
            ?? throw new NodeRequestException(Problems.NotFound(
                "there is neither an election nor a ballot of this name.")));

    private async Task<Ok<BallotDto>> BallotAsync(string name, string voter, CancellationToken cancel)
    {
        (Where? where, TransactionId id) = await service.ReadAsync(
            node =>
            {
                if (node.Chain.Elections.GetValueOrDefault(name)?.Ballots is { } ballots
                    && ballots.TryGetValue(voter, out CountedBallot counted))
                {
                    return (Find(node, counted.Transaction), counted.Transaction);
                }

                Transaction.Ballot? waiting = PendingBallots(node)
                    .FirstOrDefault(ballot => ballot.ElectionName == name && ballot.Voter == voter);
                return waiting is null ? default : (Find(node, waiting.Id), waiting.Id);
            },
            cancel);
        if (where is not { } found)
        {
            throw new NodeRequestException(Problems.NotFound("there is no ballot of this voter in this election."));
        }

        TransactionStatusDto status = Describe(id, found);
        return TypedResults.Ok(new BallotDto(
            name,
            voter,
            status.Transaction.Choice!,
            status.Transaction.Sender!,
            status.Txid,
            status.Status,
            status.Confirmations));
    }

    private static Where? Find(FullNode node, TransactionId id)
    {
        if (node.Chain.TryFind(id, out TransactionPlace place))
        {
            return new Where(null, node.Chain.Hashes[place.Height], place, node.Chain.Height);
        }

        return node.Mempool.Find(id) is { } waiting
            ? new Where(waiting.Transaction, default, default, node.Chain.Height)
            : null;
    }

    private static ElectionDto? Election(FullNode node, string name)
    {
        ElectionResult? result = ElectionResult.Of(name, node.Chain);
        int pending = PendingBallots(node)
            .Count(ballot => ballot.ElectionName == name);
        if (result is null)
        {
            return pending == 0 ? null : new ElectionDto(name, [], 0, 0, pending, [], null, node.Chain.Height);
        }

        return new ElectionDto(
            name,
            [.. result.Definition?.Choices ?? []],
            result.RollSize,
            result.Ballots,
            pending,
            [.. result.Tallies.Select(static tally => new TallyDto(tally.Choice, tally.Votes))],
            result.Definition?.Id.ToString(),
            node.Chain.Height);
    }

    private static IEnumerable<Transaction.Ballot> PendingBallots(FullNode node) =>
        node.Mempool.Entries.Select(static entry => entry.Transaction).OfType<Transaction.Ballot>();

    private static AddressEntryDto ToDto(HistoryEntry entry)
    {
        decimal delta = (decimal)entry.DeltaUnits / Coins.UnitsPerCoin;
        return new AddressEntryDto(
            entry.Transaction.ToString(), entry.Height, Math.Max(0, delta), Math.Max(0, -delta));
    }

    private UtxoDto Utxo(FullNode node, Address owner, int from, int limit)
    {
        UnspentDto[] outputs = [.. Unspent(node, owner).Skip(from).Take(limit)];
        bool goesOn = outputs.Length > 0 && from + outputs.Length < node.Chain.UnspentOf(owner).Count;
        return new UtxoDto(owner.ToString(), node.Chain.Height, outputs, goesOn ? from + outputs.Length : null);
    }

    private IEnumerable<UnspentDto> Unspent(FullNode node, Address owner) => node.Chain.UnspentOf(owner)
        .Select(source =>
        {
            node.Chain.Find(source, out UnspentOutput output);
            bool isMature = !output.IsReward
                || node.Chain.NextHeight - output.Height >= service.Parameters.CoinbaseMaturity;
            return new UnspentDto(
                source.Transaction.ToString(),
                source.Index,
                NodeConvert.ToDecimal(output.Amount),
                output.Height,
                output.IsReward,
                isMature && !node.Mempool.Spends(source));
        });

    private TransactionStatusDto Describe(TransactionId id, Where where)
    {
        if (where.Waiting is { } waiting)
        {
            return new TransactionStatusDto(
                id.ToString(),
                TransactionStatusDto.Pending,
                0,
                null,
                null,
                null,
                NodeConvert.ToDto(waiting),
                Hex(waiting));
        }

        Block block = service.FindBlock(where.Block)
            ?? throw new InvariantException($"block {where.Block} is on the best chain");
        Transaction transaction = block.Transactions[where.Place.Index];
        return new TransactionStatusDto(
            id.ToString(),
            TransactionStatusDto.Confirmed,
            where.Tip - where.Place.Height + 1,
            where.Place.Height,
            where.Block.ToString(),
            where.Place.Index,
            NodeConvert.ToDto(transaction),
            Hex(transaction));
    }

    private static string Hex(Transaction transaction) => Convert.ToHexStringLower(transaction.Canonical.Span);

    /// <summary>Where a transaction is.</summary>
    private readonly record struct Where(Transaction? Waiting, BlockHash Block, TransactionPlace Place, int Tip);
}
