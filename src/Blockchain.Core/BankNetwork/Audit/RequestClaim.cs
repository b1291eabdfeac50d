using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>
/// What the blocks of a request claim: that the paying client signed it. Checking it costs more than all else about
/// the request and needs no other block, so a host may check many side by side.
/// </summary>
/// <param name="Start">Index of the request's first block.</param>
/// <param name="Request">The request as the blocks record it.</param>
/// <param name="Ledger">The ledger that it was signed for.</param>
/// <param name="Key">The paying client's key.</param>
/// <param name="Before">What the audit had counted up to the request's end.</param>
public sealed record RequestClaim(
    long Start, SignedRequest Request, Hash Ledger, PublicKey Key, AuditCounts Before)
{
    /// <summary>Whether the client signed it.</summary>
    /// <param name="signatures">Checks the signature.</param>
    public bool Holds(ISignatureScheme signatures) =>
        signatures.Verify(Key, Request.Digest(Ledger), Request.Signature);

    /// <summary>The first claim that does not hold.</summary>
    /// <param name="claims">Claims in the order of the ledger.</param>
    /// <param name="signatures">Checks the signatures.</param>
    /// <returns>Null when all hold.</returns>
    public static RequestClaim? FindFalse(ReadOnlySpan<RequestClaim> claims, ISignatureScheme signatures)
    {
        foreach (RequestClaim claim in claims)
        {
            if (!claim.Holds(signatures))
            {
                return claim;
            }
        }

        return null;
    }

    /// <summary>The fault of a claim that does not hold.</summary>
    internal AuditFault ToFault()
    {
        int count = Request.Transfers.Count;
        string blocks = count == 1 ? "this block" : $"the blocks {Start} to {Start + count - 1}";
        return new AuditFault(
            Start,
            AuditFaultKind.BadSignature,
            $"client {Request.Token.Client} did not sign request {Request.Token} as {blocks} record it");
    }
}

/// <summary>What an audit counts among the good blocks.</summary>
/// <param name="Transfers">Transfers.</param>
/// <param name="Accounts">Accounts opened.</param>
/// <param name="Total">Sum of the opening deposits.</param>
public readonly record struct AuditCounts(long Transfers, int Accounts, Money Total);
