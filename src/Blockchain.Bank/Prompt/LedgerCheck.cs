using Blockchain.Bank.Store;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

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
        LedgerAudit audit = new(new EcdsaP256());
        Checkpoint? checkpoint = store.Checkpoint;
        long count = store.Count;
        while (audit.Hashes.Count < count)
        {
            cancel.ThrowIfCancellationRequested();
            int wanted = (int)Math.Min(PageLength, count - audit.Hashes.Count);
            IReadOnlyList<StoredRow> page = store.Read(audit.Hashes.Count, wanted);
            foreach (StoredRow row in page)
            {
                audit.Add(row.Index, row.Bytes.Span, row.Hash);
            }

            if (page.Count < wanted)
            {
                audit.Fail(audit.Hashes.Count, AuditFaultKind.WrongIndex, "blocks are missing from here on");
                break;
            }
        }

        return audit.Finish(checkpoint);
    }
}
