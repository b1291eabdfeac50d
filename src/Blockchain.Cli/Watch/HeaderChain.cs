using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;
using Blockchain.Wire.Http;

namespace Blockchain.Cli.Watch;

/// <summary>A chain as the watcher has checked it.</summary>
/// <param name="Blocks">Blocks in it, the first included.</param>
/// <param name="Transactions">Transactions in it.</param>
/// <param name="Fault">What is wrong with it; null when it holds.</param>
/// <param name="Last">Its last blocks, whole.</param>
internal sealed record ChainView(int Blocks, long Transactions, string? Fault, IReadOnlyList<NodeBlockDto> Last);

/// <summary>
/// The headers of the best chain, checked here and not believed: each names the one before, and its hash is what it
/// says and meets its target (Nakamoto 2008, section 8). Blocks that are shown are checked against their headers.
/// </summary>
/// <param name="node">Who is asked.</param>
internal sealed class HeaderChain(INodeApi node)
{
    private const int PageSize = 500;
    private const int Changes = 8;
    private readonly List<BlockHash> _hashes = [];
    private string? _fault;

    /// <summary>Brings the headers up to the node's and reads the last blocks.</summary>
    /// <param name="last">How many blocks.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Null when the chain changes faster than it can be read.</returns>
    public async Task<ChainView?> ReadAsync(int last, CancellationToken cancellation)
    {
        for (int i = 0; i < Changes; i++)
        {
            NodeInfoDto info = await node.GetInfoAsync(cancellation);
            await FollowAsync(cancellation);
            List<NodeBlockDto> blocks = [];
            for (int height = Math.Max(0, _hashes.Count - last); height < _hashes.Count; height++)
            {
                blocks.Add(await node.GetBlockAsync(height, cancellation));
            }

            bool isOne = _hashes.Count > 0 && _hashes[^1].ToString() == info.Tip
                && blocks.All(block => Has(block.Header));
            if (isOne || _fault is not null)
            {
                string? fault = _fault ?? blocks.Select(CheckBody).FirstOrDefault(found => found is not null);
                return new ChainView(_hashes.Count, info.TotalTransactions, fault, blocks);
            }
        }

        return null;
    }

    private async Task FollowAsync(CancellationToken cancellation)
    {
        int from = Math.Max(0, _hashes.Count - 1);
        for (int step = 1; from > 0 && !await HasAsync(from, cancellation); step *= 2)
        {
            from = Math.Max(0, from - step);
        }

        _hashes.RemoveRange(from, _hashes.Count - from);
        _fault = null;
        int? next = from;
        while (next is { } start && _fault is null)
        {
            HeadersDto page = await node.GetHeadersAsync(start, PageSize, cancellation);
            foreach (HeaderDto dto in page.Headers)
            {
                _fault ??= Append(dto);
            }

            next = page.Next > start ? page.Next : null;
        }
    }

    private bool Has(HeaderDto dto) =>
        dto.Height >= 0 && dto.Height < _hashes.Count && _hashes[dto.Height].ToString() == dto.Hash;

    private async Task<bool> HasAsync(int height, CancellationToken cancellation)
    {
        HeadersDto page = await node.GetHeadersAsync(height, 1, cancellation);
        return page.Headers is [var header] && header.Hash == _hashes[height].ToString();
    }

    private string? Append(HeaderDto dto)
    {
        if (TryRead(dto) is not { } header)
        {
            return $"header {dto.Height} is no header";
        }

        BlockHash hash = header.ComputeHash();
        bool isFirst = _hashes.Count == 0;
        bool isLinked = dto.Height == _hashes.Count && header.Previous == (isFirst ? BlockHash.Zero : _hashes[^1]);
        if (hash.ToString() != dto.Hash || !isLinked)
        {
            return $"header {dto.Height} does not follow the one before";
        }

        // Nobody worked for the first block: everybody knows it.
        bool isWorked = isFirst
            || (Target.FromCompact(header.Bits, out Target target) == CompactFault.None && target.IsMetBy(hash));
        _hashes.Add(hash);
        return isWorked ? null : $"header {dto.Height} lacks its work";
    }

    private static Header? TryRead(HeaderDto dto) =>
        dto.Hex.Length == 2 * Header.Size && !dto.Hex.AsSpan().ContainsAnyExcept("0123456789abcdef")
            ? Header.Read(Convert.FromHexString(dto.Hex))
            : null;

    private string? CheckBody(NodeBlockDto block)
    {
        // What the node says of the header here must be the header that was checked.
        if (TryRead(block.Header) is not { } header || header.ComputeHash() != _hashes[block.Header.Height])
        {
            return $"block {block.Header.Height} has another header than the chain";
        }

        Hash[] leaves = new Hash[block.Transactions?.Length ?? 0];
        for (int i = 0; i < leaves.Length; i++)
        {
            if (!TransactionId.TryParse(block.Transactions![i].Txid, out TransactionId id))
            {
                return $"block {block.Header.Height} has a transaction without an id";
            }

            leaves[i] = id.Leaf;
        }

        Hash root = MerkleTree.Root(leaves, out bool mutated);
        return !mutated && root == header.MerkleRoot
            ? null
            : $"the transactions of block {block.Header.Height} are not those of its header";
    }
}
