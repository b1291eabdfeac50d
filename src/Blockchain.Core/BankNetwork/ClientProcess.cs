using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>A client of the bank network.</summary>
public sealed class ClientProcess(ClientState state, ISignatureScheme signatures, ProtocolRules rules = ProtocolRules.All)
{
    /// <summary>Own number; 0 before the first join.</summary>
    public int Id => 0;

    /// <summary>Where the client stands.</summary>
    public ClientPhase Phase => ClientPhase.Joining;

    /// <summary>The Lamport clock.</summary>
    public long Clock => 0;

    /// <summary>The installed view, null before the first.</summary>
    public ViewInfo? View => null;

    /// <summary>Settled blocks and what they amount to.</summary>
    public LedgerState Ledger => state.Ledger;

    /// <summary>Settled and provisional blocks.</summary>
    public LedgerChain Chain => throw new InvariantException(rules.ToString() + signatures);

    /// <summary>Transfers accepted and not settled.</summary>
    public IReadOnlyCollection<Transfer> Pending => [];

    /// <summary>The request queue.</summary>
    public IReadOnlyList<QueueEntry> Queue => [];

    /// <summary>Why the own request waits.</summary>
    public WhyReport Why() => new(null, "no request", []);

    /// <summary>Handles one input. The list is valid until the next step.</summary>
    public IReadOnlyList<ClientOutput> Step(ClientInput input) => [];
}
