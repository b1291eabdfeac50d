using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Audit;

namespace Blockchain.Cli.Ledgers;

/// <summary>What became of one source.</summary>
/// <param name="Title">The source as the user named it.</param>
/// <param name="Kind">"bank" or "client".</param>
/// <param name="Report">What the audit found; null when the source could not be read at all.</param>
/// <param name="Hashes">Hash of every block, computed from the bytes read.</param>
/// <param name="Failure">Why it could not be read, in one line; null when it could.</param>
/// <param name="FailureCode">The exit code that goes with it.</param>
/// <param name="Note">What the audit could not vouch for; null for nothing.</param>
public sealed record SourceResult(
    string Title,
    string Kind,
    AuditReport? Report,
    PieceList<Hash> Hashes,
    string? Failure = null,
    int FailureCode = 0,
    string? Note = null);

/// <summary>Sources that hold the same block where others hold another.</summary>
/// <param name="Hash">Hash of their block.</param>
/// <param name="Sources">Their names.</param>
/// <param name="Signed">Whether a checkpoint of the bank that fits covers the block.</param>
public sealed record Branch(Hash Hash, IReadOnlyList<string> Sources, bool Signed);

/// <summary>Where ledgers part.</summary>
/// <param name="Index">Index of the first block that differs.</param>
/// <param name="Branches">Who holds what there, the most sources first.</param>
public sealed record Parting(long Index, IReadOnlyList<Branch> Branches);

/// <summary>Compares all sources with one another.</summary>
public static class Verification
{
    /// <summary>Audits one source; a source that cannot be read is a result, too.</summary>
    public static async Task<SourceResult> AuditAsync(LedgerSource source, CancellationToken cancellation)
    {
        ParallelAudit audit = new();
        try
        {
            AuditReport report = await source.AuditAsync(audit, cancellation);
            return new SourceResult(source.Title, source.Kind, report, audit.Ledger.Hashes, Note: source.Note);
        }
        catch (Exception fault) when (fault is not OperationCanceledException and not InvariantException)
        {
            (int exitCode, string line) = Failures.Explain(fault);
            return new SourceResult(source.Title, source.Kind, null, new PieceList<Hash>(), line, exitCode);
        }
    }

    /// <summary>The first index at which any two of the ledgers hold different blocks; null when all agree.</summary>
    public static Parting? FindParting(IReadOnlyList<SourceResult> results)
    {
        SourceResult[] read = [.. results.Where(result => result.Hashes.Count > 0)];
        if (read.Length < 2)
        {
            return null;
        }

        // Whoever parts from anyone parts from the longest ledger or shares its parting with it.
        PieceList<Hash> longest = read.MaxBy(result => result.Hashes.Count)!.Hashes;
        long? first = read
            .Select(result => LedgerComparison.Compare(longest, result.Hashes))
            .Where(comparison => comparison.Relation == LedgerRelation.Parted)
            .Min(comparison => (long?)comparison.Common);
        return first is { } index ? new Parting(index, BranchesAt(index, read)) : null;
    }

    private static Branch[] BranchesAt(long index, SourceResult[] read) =>
    [
        .. read
            .Where(result => result.Hashes.Count > index)
            .GroupBy(result => result.Hashes[index])
            .Select(group => new Branch(
                group.Key,
                [.. group.Select(result => result.Title)],
                group.Any(result => result.Report?.Checkpoint?.Index >= index)))
            .OrderByDescending(branch => branch.Sources.Count),
    ];
}
