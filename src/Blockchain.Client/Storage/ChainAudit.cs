using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Audit;

namespace Blockchain.Client.Storage;

/// <summary>Audits the files of a client from their first byte, without changing them: also while the client
/// runs.</summary>
public static class ChainAudit
{
    /// <summary>Reads and judges the chain in a client's folder.</summary>
    /// <param name="folder">The client's folder.</param>
    /// <param name="atMost">The most blocks to read: what was stored when the audit began.</param>
    /// <param name="isTorn">Whether the file breaks off in the middle of a record, behind everything that was
    /// promised.</param>
    /// <param name="cancellationToken">Ends the audit.</param>
    /// <exception cref="Blockchain.Wire.Files.StoreFaultException">The files cannot be read.</exception>
    /// <exception cref="Blockchain.Wire.Files.IntegrityException">The mark was changed by something else.</exception>
    public static AuditReport Run(string folder, long atMost, out bool isTorn, CancellationToken cancellationToken) =>
        Run(new ParallelAudit(), folder, atMost, out isTorn, cancellationToken);

    /// <summary>The same with an audit of the caller's, who wants more of it than the report.</summary>
    /// <param name="audit">An audit that has seen nothing yet.</param>
    /// <param name="folder">The client's folder.</param>
    /// <param name="atMost">The most blocks to read.</param>
    /// <param name="isTorn">Whether the file breaks off in the middle of a record.</param>
    /// <param name="cancellationToken">Ends the audit.</param>
    public static AuditReport Run(
        ParallelAudit audit, string folder, long atMost, out bool isTorn, CancellationToken cancellationToken)
    {
        // First the mark, then the chain: a running client moves both forward, and the chain before the mark.
        StoredMark? mark = CheckpointFile.Read(ClientFolder.MarkPath(folder));
        using ChainReader reader = ChainReader.Open(ClientFolder.ChainPath(folder));
        audit.Run(Records(audit.Ledger, reader, atMost), ChainReader.AddTo, cancellationToken);
        isTorn = reader.End == ChainEnd.Torn;
        JudgeEnd(audit.Ledger, reader, mark, atMost);
        Checkpoint? checkpoint = mark?.Checkpoint is { } kept && kept.Index < atMost ? kept : null;
        return audit.Ledger.Finish(checkpoint, mayEndInsideRequest: true);
    }

    private static IEnumerable<ChainReader> Records(LedgerAudit audit, ChainReader reader, long atMost)
    {
        foreach (ChainReader record in reader.Records(atMost))
        {
            if (record.Count == 1 && record.StoredHash != reader.Ledger
                && record.StoredHash == Hash.Link(Hash.Empty, record.Canonical))
            {
                audit.Fail(0, AuditFaultKind.WrongCopy, "the file's header names another ledger");
            }

            yield return record;
        }
    }

    private static void JudgeEnd(LedgerAudit audit, ChainReader reader, StoredMark? mark, long atMost)
    {
        long count = audit.Hashes.Count;
        if (reader.End == ChainEnd.Damaged)
        {
            audit.Fail(count, AuditFaultKind.Unreadable, reader.Explanation!);
        }
        else if (mark is not null && count < Math.Min(mark.Count, atMost))
        {
            audit.Fail(count, AuditFaultKind.Unreadable, $"it is missing: {mark.Count} blocks were stored");
        }
        else if (mark is { Count: > 0 } && mark.Count <= count && audit.Hashes[mark.Count - 1] != mark.Head)
        {
            audit.Fail(
                mark.Count - 1, AuditFaultKind.WrongCopy,
                $"its hash was {mark.Head.Short} when it was stored: the chain was rewritten");
        }
    }
}
