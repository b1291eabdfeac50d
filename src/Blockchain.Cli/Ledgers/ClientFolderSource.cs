using System.Runtime.CompilerServices;
using Blockchain.Client.Storage;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Audit;

namespace Blockchain.Cli.Ledgers;

/// <summary>The data folder of a client, also while the client runs.</summary>
/// <param name="title">The source as the user named it.</param>
/// <param name="folder">The folder that holds chain.log.</param>
public sealed class ClientFolderSource(string title, string folder) : LedgerSource(title)
{
    /// <inheritdoc/>
    public override string Kind => "client";

    /// <inheritdoc/>
    public override async IAsyncEnumerable<RawBlock> ReadAsync(
        Action<AuditFault> fault, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using ChainReader reader = ChainReader.Open(ClientFolder.ChainPath(folder));
        while (reader.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            yield return new RawBlock(reader.Count - 1, reader.Canonical.ToArray(), reader.StoredHash);
        }

        if (reader.End == ChainEnd.Damaged)
        {
            fault(new AuditFault(reader.Count, AuditFaultKind.Unreadable, reader.Explanation!));
        }

        await Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task<AuditReport> AuditAsync(ParallelAudit audit, CancellationToken cancellation) =>
        Task.Run(() => ChainAudit.Run(audit, folder, long.MaxValue, out _, cancellation), cancellation);
}
