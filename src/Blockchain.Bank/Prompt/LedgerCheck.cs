using Blockchain.Bank.Store;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Audit;

namespace Blockchain.Bank.Prompt;

/// <summary>Audits the ledger of a running bank from its stored bytes, signatures included, as a stranger
/// would.</summary>
internal static class LedgerCheck
{
    private const int PageLength = 1024;

    /// <summary>Audits what is durable now.</summary>
    /// <param name="store">The bank's store.</param>
    /// <param name="cancel">Gives up between two pages.</param>
    /// <exception cref="Wire.Files.IntegrityException">Rows cannot be read.</exception>
    public static AuditReport Run(ILedgerStore store, CancellationToken cancel)
    {
        ParallelAudit audit = new();
        Checkpoint? checkpoint = store.Checkpoint;
        long count = store.Count;
        audit.Run(Rows(store, count), LedgerReplay.AddTo, cancel);
        if (audit.Ledger.Hashes.Count < count)
        {
            audit.Ledger.Fail(
                audit.Ledger.Hashes.Count, AuditFaultKind.WrongIndex, "blocks are missing from here on");
        }

        return audit.Ledger.Finish(checkpoint);
    }

    private static IEnumerable<StoredRow> Rows(ILedgerStore store, long count)
    {
        long next = 0;
        while (next < count && store.Read(next, (int)Math.Min(PageLength, count - next)) is { Count: > 0 } page)
        {
            foreach (StoredRow row in page)
            {
                yield return row;
            }

            next = page[^1].Index + 1;
        }
    }
}
