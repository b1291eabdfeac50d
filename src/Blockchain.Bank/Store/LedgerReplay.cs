using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Audit;
using Blockchain.Wire.Files;

namespace Blockchain.Bank.Store;

/// <summary>
/// Turns what is stored into a ledger, and refuses what is none: every block must decode, hash to what is stored and
/// stand at its place, and the accounts must hold what the blocks give. Signatures are left to `verify`.
/// </summary>
public static class LedgerReplay
{
    private const int PageLength = 1024;

    /// <summary>Replays a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="visit">Called with every good block and its index; null for nobody.</param>
    /// <exception cref="IntegrityException">Something contradicts something else.</exception>
    public static LedgerState Run(ILedgerStore store, Action<long, Block>? visit = null)
    {
        LedgerState ledger = Run(Pages(store), visit);
        CheckAccounts(ledger, store.ReadAccounts());
        if (store.Checkpoint is { } checkpoint)
        {
            CheckCheckpoint(ledger, checkpoint);
        }

        return ledger;
    }

    /// <summary>Replays rows.</summary>
    /// <exception cref="IntegrityException">A row contradicts the ones before.</exception>
    public static LedgerState Run(IEnumerable<StoredRow> rows, Action<long, Block>? visit = null)
    {
        LedgerState ledger = new();
        foreach (BlockPage page in Lookahead.Judge(rows, AddTo))
        {
            for (int i = 0; i < page.Count; i++)
            {
                Block block = Append(ledger, page, i);
                visit?.Invoke(page.IndexOf(i), block);
            }
        }

        return ledger;
    }

    /// <summary>Adds a row to a page.</summary>
    public static void AddTo(BlockPage page, StoredRow row) => page.Add(row.Index, row.Bytes.Span, row.Hash);

    /// <summary>Compares the stored accounts with the replayed ones.</summary>
    /// <exception cref="IntegrityException">They differ.</exception>
    public static void CheckAccounts(LedgerState ledger, IReadOnlyList<StoredAccount> stored)
    {
        for (int i = 0; i < Math.Max(stored.Count, ledger.Accounts.Count); i++)
        {
            string? difference = Compare(ledger.Find(i + 1), i < stored.Count ? stored[i] : null);
            if (difference is not null)
            {
                throw new IntegrityException(-1, $"the row of account {i + 1} is wrong: {difference}");
            }
        }
    }

    private static void CheckCheckpoint(LedgerState ledger, Checkpoint checkpoint)
    {
        if (checkpoint.Index >= ledger.Count)
        {
            throw new IntegrityException(
                ledger.Count, $"the ledger ends here, and the stored checkpoint reaches block {checkpoint.Index}");
        }

        if (ledger.Hashes[checkpoint.Index] != checkpoint.Hash)
        {
            throw new IntegrityException(
                checkpoint.Index,
                "its hash is not the one in the stored checkpoint, so it or a block before it was changed");
        }
    }

    private static Block Append(LedgerState ledger, BlockPage page, int place)
    {
        long index = page.IndexOf(place);
        if (index != ledger.Count)
        {
            throw new IntegrityException(
                ledger.Count, $"it is missing; block {index} is stored where it should be");
        }

        if (page.BlockOf(place, out string? broken) is not { } block)
        {
            throw new IntegrityException(index, $"its bytes are no block: {broken}");
        }

        Hash stored = page.StoredHashOf(place)!.Value;
        if (place >= page.Linked)
        {
            Hash content = block.HashAfter(ledger.Head);
            throw new IntegrityException(
                index, $"its stored hash is {stored.Beside(content)} and its content gives {content.Beside(stored)}");
        }

        LedgerFault misplaced = ledger.TryAppend(block, stored);
        return misplaced == LedgerFault.None
            ? block
            : throw new IntegrityException(index,
                $"{block.Kind} {block.Key} cannot stand here: {misplaced.Describe()}");
    }

    private static string? Compare(Account? replayed, StoredAccount? stored) => (replayed, stored) switch
    {
        (null, _) => "no block opens it",
        (_, null) => "it is missing",
        _ when stored.Id != replayed.Id => $"account {stored.Id} stands in its place",
        _ when stored.Name != replayed.Name => $"it is called '{stored.Name}' and the blocks call it '{replayed.Name}'",
        _ when stored.PublicKey != replayed.PublicKey => "its key is not the one in its OPEN block",
        _ when stored.Balance != replayed.Balance =>
            $"it holds {stored.Balance} and the blocks give {replayed.Balance}",
        _ => null,
    };

    private static IEnumerable<StoredRow> Pages(ILedgerStore store)
    {
        long next = 0;
        while (true)
        {
            IReadOnlyList<StoredRow> page = store.Read(next, PageLength);
            foreach (StoredRow row in page)
            {
                yield return row;
            }

            if (page.Count < PageLength)
            {
                yield break;
            }

            next = page[^1].Index + 1;
        }
    }
}
