using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Audit;

namespace Blockchain.Cli.Ledgers;

/// <summary>One record of a ledger as a source holds it, before anything about it is believed.</summary>
/// <param name="Index">The index that it is stored under.</param>
/// <param name="Canonical">The block's bytes.</param>
/// <param name="Hash">The hash stored or stated with it.</param>
public readonly record struct RawBlock(long Index, ReadOnlyMemory<byte> Canonical, Hash? Hash);

/// <summary>Somewhere a ledger can be read from: a bank's folder, a client's folder, or a running process.</summary>
/// <param name="title">The source as the user named it.</param>
public abstract class LedgerSource(string title)
{
    /// <summary>The source as the user named it.</summary>
    public string Title { get; } = title;

    /// <summary>"bank" or "client".</summary>
    public abstract string Kind { get; }

    /// <summary>What an audit could not vouch for, in words; null for nothing. Known once it has ended.</summary>
    public string? Note { get; protected set; }

    /// <summary>Reads the settled blocks in order. A source that cannot read on says so through
    /// <paramref name="fault"/> and ends.</summary>
    /// <param name="fault">Takes what stops the reading.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public abstract IAsyncEnumerable<RawBlock> ReadAsync(Action<AuditFault> fault, CancellationToken cancellation);

    /// <summary>Audits the whole ledger, with the checkpoint and whatever else is stored beside the blocks.</summary>
    /// <param name="audit">An audit that has seen nothing yet.</param>
    /// <param name="cancellation">Stops the audit.</param>
    public abstract Task<AuditReport> AuditAsync(ParallelAudit audit, CancellationToken cancellation);

    /// <summary>Feeds an audit with all blocks.</summary>
    protected async Task FeedAsync(ParallelAudit audit, CancellationToken cancellation)
    {
        await foreach (RawBlock block in ReadAsync(Fail, cancellation))
        {
            audit.Ledger.Add(block.Index, block.Canonical.Span, block.Hash);
        }

        audit.Complete();

        void Fail(AuditFault fault) => audit.Ledger.Fail(fault.Index, fault.Kind, fault.Explanation);
    }
}
