using System.Globalization;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Http;
using Blockchain.Wire.Terminal;

namespace Blockchain.Client.Terminal;

/// <summary>Commands about the own chain.</summary>
internal sealed class ChainCommands(IClientSession session)
{
    private const int DefaultBlocks = 100;
    private const int MaxBlocks = 10_000;
    private const int MinHashDigits = 4;

    public async Task<Reply> ChainAsync(long? last)
    {
        long count = await CountAsync();
        long shown = Math.Min(Math.Min(last ?? DefaultBlocks, MaxBlocks), count);
        List<StoredBlock> blocks = await ReadAsync(count - shown, shown);
        List<string> lines = [.. Table(blocks)];
        if (shown < count)
        {
            lines.Insert(0, $"the last {shown} of {count} blocks; 'print chain N' shows N, at most {MaxBlocks}");
        }

        return new Reply(
            Reply.Done, blocks.Count == 0 ? ["the chain is empty"] : lines,
            new ChainAnswer("chain", [.. blocks.Select(ToDto)], count - shown));
    }

    public async Task<Reply> BlockAsync(string which)
    {
        StoredBlock? block = await FindAsync(which);
        if (block is null)
        {
            return Reply.Error(
                Reply.Failed, "not-found",
                $"no block {which}. Give an index from 0, or the first {MinHashDigits} or more digits of a hash.");
        }

        StoredBlock[] next = await session.ReadBlocksAsync(block.Index + 1, 1);
        return new Reply(
            Reply.Done, Whole(ToDto(block), next.FirstOrDefault()), new ChainAnswer("block", [ToDto(block)]));
    }

    public async Task<Reply> HistoryAsync(int? account, long? last)
    {
        int id = account ?? await session.ReadAsync(process => process.Id);
        int most = (int)Math.Min(last ?? DefaultBlocks, MaxBlocks);
        Queue<StoredBlock> shown = new();
        long count = 0;
        await foreach (StoredBlock block in EachAsync())
        {
            if (Concerns(block.Block, id))
            {
                count++;
                shown.Enqueue(block);
                if (shown.Count > most)
                {
                    shown.Dequeue();
                }
            }
        }

        List<string> lines = count == 0 ? [$"nothing about client {id}"] : [.. Table(shown)];
        if (shown.Count < count)
        {
            lines.Insert(
                0, $"the last {shown.Count} of {count} blocks; 'history {id} last N' shows N, at most {MaxBlocks}");
        }

        return new Reply(
            Reply.Done, lines, new ChainAnswer("history", [.. shown.Select(ToDto)], count - shown.Count));
    }

    private static bool Concerns(Block block, int account) => block switch
    {
        Block.Open open => open.Account == account,
        Block.Payment payment => payment.Transfer.From == account || payment.Transfer.To == account,
        _ => false,
    };

    private async Task<StoredBlock?> FindAsync(string which)
    {
        bool isIndex = long.TryParse(which, NumberStyles.None, CultureInfo.InvariantCulture, out long index);
        if (isIndex && index < await CountAsync())
        {
            return (await session.ReadBlocksAsync(index, 1)).FirstOrDefault();
        }

        if (which.Length < MinHashDigits)
        {
            return null;
        }

        await foreach (StoredBlock block in EachAsync())
        {
            if (block.Hash.ToString().StartsWith(which, StringComparison.OrdinalIgnoreCase))
            {
                return block;
            }
        }

        return null;
    }

    private Task<long> CountAsync() =>
        session.ReadAsync(process => process.Chain.SettledCount + process.Chain.Provisional.Count);

    private async Task<List<StoredBlock>> ReadAsync(long from, long count)
    {
        List<StoredBlock> blocks = [];
        while (count > blocks.Count)
        {
            long wanted = Math.Min(count - blocks.Count, Limits.FetchBlocks);
            StoredBlock[] page = await session.ReadBlocksAsync(from + blocks.Count, (int)wanted);
            if (page.Length == 0)
            {
                break;
            }

            blocks.AddRange(page);
        }

        return blocks;
    }

    private async IAsyncEnumerable<StoredBlock> EachAsync()
    {
        long from = 0;
        while (await session.ReadBlocksAsync(from, Limits.FetchBlocks) is { Length: > 0 } page)
        {
            foreach (StoredBlock block in page)
            {
                yield return block;
            }

            from += page.Length;
        }
    }

    private static BlockDto ToDto(StoredBlock block) =>
        BlockJson.From(block.Block, block.Index, block.Previous, block.Hash, block.Settled);

    private static IEnumerable<string> Table(IEnumerable<StoredBlock> blocks)
    {
        TextTable table = new(">block", "key", "kind", ">from", ">to", ">amount", "status", "hash", "settled");
        foreach (StoredBlock block in blocks)
        {
            (string from, string to, string amount, string status) = block.Block switch
            {
                Block.Open open => (string.Empty, open.Account.ToString(), open.Deposit.ToString(), open.Name),
                Block.View view => (string.Empty, string.Empty, string.Empty, Members(view)),
                Block.Payment payment => (
                    payment.Transfer.From.ToString(), payment.Transfer.To.ToString(),
                    payment.Transfer.Amount.ToString(), Status(payment.Outcome)),
                _ => throw new Core.Kernel.InvariantException("the kinds of block are closed"),
            };
            table.Add(
                block.Index.ToString(), Texts.Key(block.Block.Key), block.Block.Kind, from, to, amount, status,
                block.Hash.Short, block.Settled ? "yes" : "no");
        }

        return table.Lines();
    }

    private static string Members(Block.View view) =>
        view.Members.Count == 0 ? "no members" : $"members {string.Join(' ', view.Members)}";

    private static string Status(Outcome outcome) =>
        outcome.Reason() is { } reason ? $"{outcome.Status()} {reason}" : outcome.Status();

    private static string[] Whole(BlockDto block, StoredBlock? next)
    {
        string content = block.Kind switch
        {
            "OPEN" => $"  account: id={block.Account} name='{block.Name}' deposit={block.Amount}",
            "VIEW" => $"  view: epoch={block.Epoch} members=[{string.Join(", ", block.Members ?? [])}]",
            _ => $"  transaction: sender_id={block.From} recipient_id={block.To} amount={block.Amount} "
                + $"sender_logic_clock={block.Clock} timestamp='{block.Timestamp}' status='{block.Status}'"
                + $"{(block.Reason is null ? string.Empty : $" reason='{block.Reason}'")} "
                + $"memo='{Texts.Plain(block.Memo!)}' "
                + $"txid={block.Txid}",
        };
        string following = next is null ? "None" : $"{next.Block.Kind} {Texts.Key(next.Block.Key)} {next.Hash.Short}";
        return
        [
            $"Block {block.Index}:  {block.Kind}  key ({block.Clock},{block.Client})#{block.Seq}  epoch {block.Epoch}  "
                + (block.Settled ? "settled" : "provisional"),
            content,
            $"  previous_hash: {block.PreviousHash}",
            $"  hash: {block.Hash}",
            $"  next_block: {following}",
        ];
    }
}
