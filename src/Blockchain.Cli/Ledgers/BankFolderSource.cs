using System.Runtime.CompilerServices;
using Blockchain.Bank.Store;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Audit;
using Blockchain.Wire.Files;

namespace Blockchain.Cli.Ledgers;

/// <summary>The data folder of a stopped bank, whether it was stopped or killed.</summary>
/// <param name="title">The source as the user named it.</param>
/// <param name="folder">The folder that holds ledger.db.</param>
public sealed class BankFolderSource(string title, string folder) : LedgerSource(title)
{
    /// <inheritdoc/>
    public override string Kind => "bank";

    /// <inheritdoc/>
    public override async IAsyncEnumerable<RawBlock> ReadAsync(
        Action<AuditFault> fault, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using LedgerDatabase database = LedgerDatabase.Open(folder);
        foreach (RawBlock block in ReadAll(database, fault))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return block;
        }

        await Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task<AuditReport> AuditAsync(ParallelAudit audit, CancellationToken cancellation) =>
        Task.Run(() => Audit(audit, cancellation), cancellation);

    // The files as a whole are judged at the end: what can be read comes first.
    private static IEnumerable<RawBlock> ReadAll(LedgerDatabase database, Action<AuditFault> fault)
    {
        long count = 0;
        bool isBad = false;
        foreach (RawBlock block in Read(database, Fail))
        {
            count++;
            yield return block;
        }

        if (!isBad && FindFault(database, count) is { } file)
        {
            fault(file);
        }

        void Fail(AuditFault found)
        {
            isBad = true;
            fault(found);
        }
    }

    private static AuditFault? FindFault(LedgerDatabase database, long count)
    {
        try
        {
            return database.FindFault(count) is { } fault
                ? new AuditFault(fault.Index, AuditFaultKind.Unreadable, fault.Explanation)
                : null;
        }
        catch (IntegrityException broken)
        {
            return new AuditFault(broken.Index, AuditFaultKind.Unreadable, broken.Message);
        }
    }

    private static IEnumerable<RawBlock> Read(LedgerDatabase database, Action<AuditFault> fault)
    {
        using IEnumerator<StoredRow> rows = database.ReadBlocks().GetEnumerator();
        while (true)
        {
            try
            {
                if (!rows.MoveNext())
                {
                    yield break;
                }
            }
            catch (IntegrityException broken)
            {
                fault(new AuditFault(broken.Index, AuditFaultKind.Unreadable, broken.Message));
                yield break;
            }

            yield return new RawBlock(rows.Current.Index, rows.Current.Bytes, rows.Current.Hash);
        }
    }

    private AuditReport Audit(ParallelAudit audit, CancellationToken cancellation)
    {
        using LedgerDatabase database = LedgerDatabase.Open(folder);
        try
        {
            audit.Run(database.ReadBlocks(), LedgerReplay.AddTo, cancellation);
        }
        catch (IntegrityException broken)
        {
            audit.Ledger.Fail(broken.Index, AuditFaultKind.Unreadable, broken.Message);
        }

        Checkpoint? checkpoint = CheckCopies(audit.Ledger, database);
        AuditReport report = audit.Ledger.Finish(checkpoint);

        // Named last: it says that something was changed, and everything above says what.
        Note = database.DescribeDoubt();
        AuditFault? file = FindFault(database, report.Count);
        return report with
        {
            Fault = report.Fault is { } first && file is not null
                ? first with { Explanation = $"{first.Explanation}; {file.Explanation}" }
                : report.Fault ?? file,
        };
    }

    private static Checkpoint? CheckCopies(LedgerAudit audit, LedgerDatabase database)
    {
        try
        {
            IReadOnlyList<StoredAccount> accounts = database.ReadAccounts();
            foreach (StoredAccount account in accounts)
            {
                audit.CheckAccount(account.Id, account.Name, account.PublicKey, account.Balance);
            }

            if (accounts.Count != audit.Ledger.Accounts.Count)
            {
                audit.Fail(
                    audit.Ledger.Count - 1,
                    AuditFaultKind.WrongCopy,
                    $"{accounts.Count} accounts are stored and the blocks open {audit.Ledger.Accounts.Count}");
            }

            return database.ReadCheckpoint();
        }
        catch (IntegrityException broken)
        {
            audit.Fail(broken.Index, AuditFaultKind.Unreadable, broken.Message);
            return null;
        }
    }
}
