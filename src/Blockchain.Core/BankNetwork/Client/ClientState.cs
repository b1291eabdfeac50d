using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>What a client knows when it starts: what it stored in its earlier lives, and where it now
/// listens.</summary>
public sealed record ClientState
{
    /// <summary>Name of the client.</summary>
    public required string Name { get; init; }

    /// <summary>Its key.</summary>
    public required PublicKey PublicKey { get; init; }

    /// <summary>Counts its starts, from 1; the host stores it before this life begins.</summary>
    public required long Incarnation { get; init; }

    /// <summary>Where peers reach it in this life.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The stored chain, replayed. Empty for a new client.</summary>
    public LedgerState Ledger { get; init; } = new();

    /// <summary>The latest checkpoint of the bank, null for none.</summary>
    public Checkpoint? Checkpoint { get; init; }

    /// <summary>Transfers accepted from the user and not noted as settled, in the order of acceptance.</summary>
    public IReadOnlyList<Transfer> Intents { get; init; } = [];

    /// <summary>Most transfers that one request carries; 1 gives each its own critical section.</summary>
    public int MaxBatch { get; init; } = Limits.RequestTransfers;

    /// <summary>Messages are held for so long on their way here, in milliseconds; waiting is patient
    /// accordingly.</summary>
    public int DelayMs { get; init; }
}

/// <summary>Where a client stands.</summary>
public enum ClientPhase
{
    /// <summary>Asking the bank to join.</summary>
    Joining,

    /// <summary>Joined, and fetching the chain up to the view.</summary>
    Installing,

    /// <summary>A member: takes part in mutual exclusion.</summary>
    Member,

    /// <summary>Said goodbye.</summary>
    Leaving,

    /// <summary>Stopped for good by contradicting evidence, or because the bank will never let it join.</summary>
    Stopped,
}
