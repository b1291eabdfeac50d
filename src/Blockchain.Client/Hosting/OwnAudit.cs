using Blockchain.Client.Storage;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Files;

namespace Blockchain.Client.Hosting;

/// <summary>The audit behind the command `verify`: the own files from the first byte, then the bank's word about
/// them.</summary>
internal static class OwnAudit
{
    public static async Task<VerifyResult> RunAsync(
        string folder, long atMost, BankCalls bank, CancellationToken cancellationToken)
    {
        AuditReport report;
        try
        {
            report = await Task.Run(() => ChainAudit.Run(folder, atMost, out _, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (IntegrityException fault)
        {
            return new VerifyResult(0, Hash.Empty, Money.Zero, "not compared",
                new VerifyFault(fault.Index, fault.Message));
        }

        if (report.Fault is { } found)
        {
            VerifyFault fault = new(found.Index, found.Explanation);
            return new VerifyResult(found.Index, report.Head, report.Total, "not compared", fault);
        }

        (string comparison, VerifyFault? parted) = await CompareAsync(folder, report, bank, cancellationToken)
            .ConfigureAwait(false);
        return new VerifyResult(report.Count, report.Head, report.Total, comparison, parted);
    }

    private static async Task<(string Comparison, VerifyFault? Fault)> CompareAsync(
        string folder, AuditReport report, BankCalls bank, CancellationToken cancellationToken)
    {
        (Checkpoint Checkpoint, Hash Ledger, PublicKey BankKey) word;
        try
        {
            word = await bank.CheckpointAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (BankCalls.IsExpected(fault) && !cancellationToken.IsCancellationRequested)
        {
            return ($"not compared: {fault.Message}", null);
        }

        long index = word.Checkpoint.Index;
        if (index >= report.Count)
        {
            return ($"a prefix of the bank's ledger, which reaches {index}", null);
        }

        (Hash own, Hash ledger, PublicKey bankKey) = await Task.Run(
            () => ReadHashes(folder, index), cancellationToken).ConfigureAwait(false);
        if (word.Ledger != ledger || !word.Checkpoint.IsSignedBy(bankKey, ledger, new EcdsaP256()))
        {
            return ("not the bank's",
                new VerifyFault(0, "the bank's checkpoint is of another ledger or not signed by its bank"));
        }

        return own == word.Checkpoint.Hash
            ? ($"equal to the bank's checkpoint at {index}", null)
            : ("parted from the bank's", new VerifyFault(
                index, $"its hash is {own.Short} here and {word.Checkpoint.Hash.Short} at the bank, which signed it"));
    }

    private static (Hash Own, Hash Ledger, PublicKey BankKey) ReadHashes(string folder, long index)
    {
        using ChainReader reader = ChainReader.Open(ClientFolder.ChainPath(folder));
        PublicKey bankKey = default;
        while (reader.Read() && reader.Count <= index + 1)
        {
            if (reader.Count == 1 && Block.Decode(reader.Canonical) is Block.View view)
            {
                bankKey = view.BankKey;
            }

            if (reader.Count == index + 1)
            {
                return (reader.StoredHash, reader.Ledger, bankKey);
            }
        }

        throw new IntegrityException(index, $"block {index} can no longer be read");
    }
}
