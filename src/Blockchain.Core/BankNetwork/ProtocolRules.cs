namespace Blockchain.Core.BankNetwork;

/// <summary>
/// The rules of the protocol that a simulation can take out one at a time, to show that its checkers notice
/// (`blockchain soak --without`). Everything that ships runs with <see cref="All"/>.
/// </summary>
[Flags]
public enum ProtocolRules
{
    /// <summary>Links deliver in order (rule 1).</summary>
    Fifo = 1,

    /// <summary>The bank refuses tokens that are not later than the last one applied (rule 7, STALE).</summary>
    Fence = 2,

    /// <summary>The bank refuses requests of another view (rule 7, EPOCH).</summary>
    Epoch = 4,

    /// <summary>The bank knows the transfers it has applied (rule 7, first sentence).</summary>
    Dedup = 8,

    /// <summary>A view is installed only with the chain up to its row (rule 10).</summary>
    Catchup = 16,

    /// <summary>A restarted client joins before it takes part (rule 11).</summary>
    Rejoin = 32,

    /// <summary>The protocol as designed.</summary>
    All = Fifo | Fence | Epoch | Dedup | Catchup | Rejoin,
}
