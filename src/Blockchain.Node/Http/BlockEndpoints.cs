using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;
using Blockchain.Node.Service;
using Blockchain.Wire.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Blockchain.Node.Http;

/// <summary>The best chain, block by block. What a height names is looked up once an answer, so that an answer speaks
/// of one chain.</summary>
internal sealed class BlockEndpoints(NodeService service)
{
    /// <summary>Adds the routes.</summary>
    public void Map(WebApplication app)
    {
        Get(app, NodeRoutes.Blocks, BlocksAsync, "Blocks without their transactions, by height.");
        Get(app, NodeRoutes.LastBlock, LastAsync, "The tip.");
        Get(app, NodeRoutes.Block, BlockAsync, "A block.");
        Get(app, NodeRoutes.BlockTransactions, TransactionsAsync, "The transactions of a block.");
        Get(app, NodeRoutes.BlockTransaction, TransactionAsync, "A transaction of a block.");
        Get(app, NodeRoutes.Inputs, InputsAsync, "What a transaction of a block spends.");
        Get(app, NodeRoutes.Input, InputAsync, "One input of a transaction, and what it held.");
        Get(app, NodeRoutes.Outputs, OutputsAsync, "What a transaction of a block pays.");
        Get(app, NodeRoutes.Output, OutputAsync, "One output of a transaction.");
        Get(app, NodeRoutes.Proof, ProofAsync, "Proves that a transaction is in a block, by its header alone.");
        Get(app, NodeRoutes.Headers, HeadersAsync, "Headers, by height.");
    }

    private static void Get(WebApplication app, string route, Delegate answer, string summary) =>
        app.MapGet(route, answer).WithSummary(summary).ProducesProblem(400).ProducesProblem(404).ProducesProblem(503);

    private async Task<Ok<NodeBlocksDto>> BlocksAsync(string? from, string? limit, CancellationToken cancel)
    {
        (int first, int count) = NodeProblems.Page(from, limit, NodeLimits.BlockPage);
        (BlockHash[] hashes, int tip) = await service.ReadAsync(
            node => (Slice(node.Chain.Hashes, first, count), node.Chain.Height), cancel);
        NodeBlockDto[] blocks =
            [.. hashes.Select((hash, i) => NodeConvert.ToDto(Read(hash), first + i, tip, whole: false))];
        return TypedResults.Ok(new NodeBlocksDto(blocks, Next(first, hashes.Length, tip)));
    }

    private async Task<Ok<HeadersDto>> HeadersAsync(string? from, string? limit, CancellationToken cancel)
    {
        (int first, int count) = NodeProblems.Page(from, limit);
        (HeaderDto[] headers, int tip) = await service.ReadAsync(
            node =>
            {
                BlockHash[] hashes = Slice(node.Chain.Hashes, first, count);
                HeaderDto[] found =
                    [.. hashes.Select((hash, i) => NodeConvert.ToDto(node.Tree.Find(hash)!.Header, hash, first + i))];
                return (found, node.Chain.Height);
            },
            cancel);
        return TypedResults.Ok(new HeadersDto(headers, Next(first, headers.Length, tip)));
    }

    private async Task<Ok<NodeBlockDto>> LastAsync(CancellationToken cancel)
    {
        BlockPlace tip = await service.ReadAsync(
            static node => new BlockPlace(node.Chain.Tip, node.Chain.Height), cancel);
        return TypedResults.Ok(NodeConvert.ToDto(Read(tip.Hash), tip.Height, tip.Height, whole: true));
    }

    private async Task<Ok<NodeBlockDto>> BlockAsync(string height, CancellationToken cancel)
    {
        (Block block, int at, int tip) = await FindAsync(height, cancel);
        return TypedResults.Ok(NodeConvert.ToDto(block, at, tip, whole: true));
    }

    private async Task<Ok<TransactionsDto>> TransactionsAsync(string height, CancellationToken cancel)
    {
        (Block block, _, _) = await FindAsync(height, cancel);
        return TypedResults.Ok(new TransactionsDto(
            block.Transactions.Count, [.. block.Transactions.Select(NodeConvert.ToDto)]));
    }

    private async Task<Ok<TransactionDto>> TransactionAsync(string height, string index, CancellationToken cancel) =>
        TypedResults.Ok(NodeConvert.ToDto(await FindAsync(height, index, cancel)));

    private async Task<Ok<InputsDto>> InputsAsync(string height, string index, CancellationToken cancel)
    {
        IReadOnlyList<TransactionInput> inputs = InputsOf(await FindAsync(height, index, cancel));
        return TypedResults.Ok(new InputsDto([.. inputs.Select(static input => NodeConvert.ToDto(input))]));
    }

    private async Task<Ok<InputDto>> InputAsync(
        string height, string index, string input, CancellationToken cancel)
    {
        Transaction transaction = await FindAsync(height, index, cancel);
        TransactionInput found = At(InputsOf(transaction), input, "input");
        Coins? value = await FindOutputAsync(found.Source, cancel);
        return TypedResults.Ok(NodeConvert.ToDto(found, value));
    }

    private async Task<Ok<OutputsDto>> OutputsAsync(string height, string index, CancellationToken cancel)
    {
        Transaction transaction = await FindAsync(height, index, cancel);
        return TypedResults.Ok(new OutputsDto(NodeConvert.ToDtos(transaction.Outputs)));
    }

    private async Task<Ok<OutputDto>> OutputAsync(
        string height, string index, string output, CancellationToken cancel)
    {
        Transaction transaction = await FindAsync(height, index, cancel);
        TransactionOutput found = At(transaction.Outputs, output, "output");
        return TypedResults.Ok(new OutputDto(found.To.ToString(), NodeConvert.ToDecimal(found.Amount)));
    }

    private async Task<Ok<MerkleProofDto>> ProofAsync(string hash, string txid, CancellationToken cancel)
    {
        TransactionId id = NodeProblems.ParseId(txid);
        if (!BlockHash.TryParse(hash, out BlockHash wanted))
        {
            throw new NodeRequestException(Problems.BadRequest("a block's hash has 64 hexadecimal digits."));
        }

        int? height = await service.ReadAsync(
            node => node.Tree.Find(wanted) is { HasBody: true } found ? found.Height : (int?)null, cancel);
        Block? block = height is null ? null : service.FindBlock(wanted);
        int index = block?.Transactions.ToList().FindIndex(transaction => transaction.Id == id) ?? -1;
        if (block is null || index < 0)
        {
            throw new NodeRequestException(Problems.NotFound(
                block is null ? $"there is no block {wanted} here." : $"the block does not hold transaction {id}."));
        }

        MerkleProof proof = block.Prove(index);
        return TypedResults.Ok(new MerkleProofDto(
            wanted.ToString(),
            height!.Value,
            NodeConvert.ToHex(block.Header),
            id.ToString(),
            index,
            [.. proof.Siblings.Select(static sibling => sibling.ToString())]));
    }

    private async Task<Coins?> FindOutputAsync(OutPoint source, CancellationToken cancel)
    {
        (BlockHash Hash, int Index)? place = await service.ReadAsync(
            node => node.Chain.TryFind(source.Transaction, out TransactionPlace at)
                ? (node.Chain.Hashes[at.Height], at.Index)
                : ((BlockHash, int)?)null,
            cancel);
        return place is { } found
            && Read(found.Hash).Transactions[found.Index].Outputs is { } outputs
            && source.Index < outputs.Count
            ? outputs[source.Index].Amount
            : null;
    }

    private static IReadOnlyList<TransactionInput> InputsOf(Transaction transaction) =>
        transaction is Transaction.Payment payment ? payment.Inputs : [];

    private static T At<T>(IReadOnlyList<T> list, string text, string what)
    {
        int at = NodeProblems.Number(text, $"an {what}");
        return at < list.Count
            ? list[at]
            : throw new NodeRequestException(
                Problems.NotFound($"there is no {what} {at}: the transaction has {list.Count}."));
    }

    private static BlockHash[] Slice(IReadOnlyList<BlockHash> hashes, int from, int limit)
    {
        BlockHash[] slice = new BlockHash[Math.Clamp(hashes.Count - from, 0, limit)];
        for (int i = 0; i < slice.Length; i++)
        {
            slice[i] = hashes[from + i];
        }

        return slice;
    }

    private static int? Next(int from, int count, int tip) => count > 0 && from + count <= tip ? from + count : null;

    private Block Read(BlockHash hash) =>
        service.FindBlock(hash) ?? throw new InvariantException($"block {hash} is on the best chain");

    private async Task<(Block Block, int Height, int Tip)> FindAsync(string height, CancellationToken cancel)
    {
        int at = NodeProblems.Number(height, "a height");
        (BlockHash? hash, int tip) = await service.ReadAsync(
            node => (at <= node.Chain.Height ? node.Chain.Hashes[at] : (BlockHash?)null, node.Chain.Height), cancel);
        return hash is { } found
            ? (Read(found), at, tip)
            : throw new NodeRequestException(NodeProblems.NoSuchBlock(at, tip));
    }

    private async Task<Transaction> FindAsync(string height, string index, CancellationToken cancel)
    {
        int at = NodeProblems.Number(index, "a transaction's place");
        (Block block, _, _) = await FindAsync(height, cancel);
        return at < block.Transactions.Count
            ? block.Transactions[at]
            : throw new NodeRequestException(
                Problems.NotFound($"there is no transaction {at}: the block has {block.Transactions.Count}."));
    }
}
