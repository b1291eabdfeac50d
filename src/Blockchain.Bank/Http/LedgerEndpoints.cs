using Blockchain.Bank.Service;
using Blockchain.Bank.Store;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Blockchain.Bank.Http;

/// <summary>What can be asked about the ledger. Everything answered is durable.</summary>
internal sealed class LedgerEndpoints(BankService service, ILedgerStore store, PublicKey bankKey)
{
    private const int DefaultLimit = 100;

    /// <summary>Adds the routes.</summary>
    public void Map(WebApplication app)
    {
        app.MapGet(BankRoutes.Accounts, AccountsAsync).WithSummary("Every account with its balance.");
        app.MapGet(BankRoutes.Account, AccountAsync).WithSummary("One account with its balance.")
            .ProducesProblem(404);
        app.MapGet(BankRoutes.History, HistoryAsync)
            .WithSummary("What moved on an account, in the order of the ledger.")
            .ProducesProblem(400).ProducesProblem(404);
        app.MapGet(BankRoutes.Ledger, Ledger)
            .WithSummary($"Blocks of the ledger: JSON, or canonical bytes when {BlockStream.ContentType} is accepted.")
            .Produces<LedgerPageDto>().ProducesProblem(400);
        app.MapGet(BankRoutes.Members, MembersAsync).WithSummary("The current view.").ProducesProblem(503);
        app.MapGet(BankRoutes.Checkpoint, CheckpointAsync)
            .WithSummary("The latest checkpoint that the bank has signed.")
            .ProducesProblem(503);
        app.MapGet(BankRoutes.Transfer, TransferAsync).WithSummary("The block of a transfer.")
            .ProducesProblem(400).ProducesProblem(404);
    }

    private async Task<Ok<AccountDto[]>> AccountsAsync(CancellationToken cancel) =>
        TypedResults.Ok(await service.ReadAsync(
            static bank =>
                Enumerable.Range(1, bank.DurableAccounts).Select(id => Describe(bank, id)!).ToArray(), cancel));

    private async Task<Results<Ok<AccountDto>, ProblemHttpResult>> AccountAsync(int id, CancellationToken cancel) =>
        await service.ReadAsync(bank => Describe(bank, id), cancel) is { } account
            ? TypedResults.Ok(account)
            : BankProblems.NoSuchAccount(id);

    private async Task<Results<Ok<HistoryDto>, ProblemHttpResult>> HistoryAsync(
        int id, CancellationToken cancel, [FromQuery] long from = 0, [FromQuery] int limit = DefaultLimit)
    {
        if (CheckPage(from, limit) is { } problem)
        {
            return problem;
        }

        // One more than asked for tells where the next page starts.
        long[]? indexes = await service.FindHistoryAsync(id, from, limit + 1, cancel);
        if (indexes is null)
        {
            return BankProblems.NoSuchAccount(id);
        }

        HistoryEntryDto[] entries = [.. indexes.Take(limit).Select(index => DescribeEntry(Row(index)))];
        return TypedResults.Ok(new HistoryDto(id, entries, indexes.Length > limit ? indexes[limit] : null));
    }

    private IResult Ledger(
        HttpRequest request, [FromQuery] long from = 0, [FromQuery] int limit = DefaultLimit)
    {
        if (CheckPage(from, limit) is { } problem)
        {
            return problem;
        }

        bool wantsBytes = request.GetTypedHeaders().Accept.Any(
            static accept => accept.MediaType.Equals(BlockStream.ContentType, StringComparison.OrdinalIgnoreCase));
        return wantsBytes
            ? TypedResults.Bytes(
                BlockStream.Write([.. store.Read(from, limit).Select(row => Block.Decode(row.Bytes.Span))]),
                BlockStream.ContentType)
            : TypedResults.Ok(Page(from, limit));
    }

    private LedgerPageDto Page(long from, int limit)
    {
        long count = store.Count;
        long first = Math.Max(0, from - 1);
        IReadOnlyList<StoredRow> rows = store.Read(first, from == first ? limit : limit + 1);
        Hash previous = Hash.Empty;
        List<BlockDto> blocks = [];
        foreach (StoredRow row in rows)
        {
            if (row.Index >= from)
            {
                blocks.Add(BlockJson.From(Block.Decode(row.Bytes.Span), row.Index, previous, row.Hash, settled: true));
            }

            previous = row.Hash;
        }

        Hash head = count > 0 ? Row(count - 1).Hash : Hash.Empty;
        return new LedgerPageDto([.. blocks], count, head.ToString());
    }

    private async Task<Results<Ok<ViewDto>, ProblemHttpResult>> MembersAsync(CancellationToken cancel) =>
        await service.ReadAsync(static bank => bank.StandingView, cancel) is { } view
            ? TypedResults.Ok(WireConvert.ToDto(view))
            : Problems.Unavailable("no view is durable yet. Ask again in a moment.");

    private async Task<Results<Ok<LedgerCheckpointDto>, ProblemHttpResult>> CheckpointAsync(CancellationToken cancel) =>
        await service.ReadAsync(static bank => bank.Checkpoint, cancel) is { } checkpoint
            ? TypedResults.Ok(WireConvert.ToDto(checkpoint, service.LedgerId, bankKey))
            : Problems.Unavailable("no checkpoint is signed yet. Ask again in a moment.");

    private async Task<Results<Ok<BlockDto>, ProblemHttpResult>> TransferAsync(string txid, CancellationToken cancel)
    {
        if (!TransferId.TryParse(txid, out TransferId id))
        {
            return Problems.BadRequest("a transfer id has 32 hexadecimal digits.");
        }

        long? index = await service.ReadAsync<long?>(
            bank => bank.Ledger.TryFind(id, out long at, out _) && at < bank.DurableCount ? at : null, cancel);
        return index is { } found
            ? TypedResults.Ok(Page(found, 1).Blocks[0])
            : Problems.NotFound($"no durable block holds transfer {id}. It may not have been applied yet.");
    }

    private StoredRow Row(long index) => store.Read(index, 1) is [var row]
        ? row
        : throw new InvariantException($"block {index} is durable");

    private static AccountDto? Describe(BankProcess bank, int id) =>
        bank.DurableBalance(id) is { } balance && bank.Ledger.Find(id) is { } account
            ? new AccountDto(id, account.Name, balance.ToString(), account.PublicKey.ToString())
            : null;

    private static HistoryEntryDto DescribeEntry(StoredRow row)
    {
        BlockDto block = BlockJson.From(Block.Decode(row.Bytes.Span), row.Index, Hash.Empty, row.Hash, settled: true);
        return new HistoryEntryDto(
            row.Index, block.Kind, block.Txid, block.From, block.To, block.Amount!, block.Status, block.Reason,
            block.Memo, block.Timestamp);
    }

    private static ProblemHttpResult? CheckPage(long from, int limit)
    {
        if (from < 0)
        {
            return Problems.BadRequest("'from' is the index of a block, from 0.");
        }

        return limit is < 1 or > Limits.FetchBlocks
            ? Problems.BadRequest($"'limit' is between 1 and {Limits.FetchBlocks}.")
            : null;
    }
}
