using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>The open request of a client: what must come together before the bank is asked, and whether it has
/// been.</summary>
/// <param name="Epoch">The view in which it was made.</param>
/// <param name="Token">Its place in the order.</param>
/// <param name="Transfers">What it carries.</param>
/// <param name="Digest">What the client signs.</param>
internal sealed record OwnRequest(int Epoch, Token Token, IReadOnlyList<Transfer> Transfers, Hash Digest)
{
    /// <summary>The client's signature, once it is there.</summary>
    public Signature? Signature { get; set; }

    /// <summary>Whether the critical section has been entered.</summary>
    public bool HasEntered { get; set; }

    /// <summary>When the bank was last asked.</summary>
    public long AskedMs { get; set; }

    /// <summary>The request for the bank.</summary>
    public SignedRequest Signed() => new(Epoch, Token, Transfers, Signature!.Value);
}
