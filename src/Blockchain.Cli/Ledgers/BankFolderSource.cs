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
        foreach (RawBlock block in Read(database, fault))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return block;
        }

        await Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task<AuditReport> AuditAsync(ParallelAudit audit, CancellationToken cancellation) =>
        Task.Run(() => Audit(audit, cancellation), cancellation);

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
        return report.Fault is null && database.SealFault is { } seal
            ? report with { Fault = new AuditFault(VerificationText.NoBlock, AuditFaultKind.Unreadable, seal) }
            : report;
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
