using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>What an audit of one ledger found.</summary>
/// <param name="Count">Blocks read, also those behind a fault.</param>
/// <param name="Head">Hash of the last block, computed from the bytes read.</param>
/// <param name="Transfers">Transfers among the good blocks.</param>
/// <param name="Accounts">Accounts opened by the good blocks.</param>
/// <param name="Total">Sum of the opening deposits, which is the sum of all balances.</param>
/// <param name="Unsigned">Blocks at the end whose request goes on beyond the end, so that its signature could not be
/// checked; 0 in a ledger that is whole.</param>
/// <param name="Checkpoint">The bank's signed checkpoint that fits, null when none was given.</param>
/// <param name="Fault">The first fault; null when everything holds.</param>
public sealed record AuditReport(
    long Count,
    Hash Head,
    long Transfers,
    int Accounts,
    Money Total,
    int Unsigned,
    Checkpoint? Checkpoint,
    AuditFault? Fault)
{
    /// <summary>Whether nothing contradicts anything.</summary>
    public bool Holds => Fault is null;
}
