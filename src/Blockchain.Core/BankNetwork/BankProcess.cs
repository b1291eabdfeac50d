using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>What the bank knows when it starts.</summary>
/// <param name="Ledger">Its stored ledger, replayed; empty for a new bank.</param>
/// <param name="BankKey">Its key.</param>
/// <param name="Deposit">What a new account starts with.</param>
/// <param name="LeaseMs">Silence after which a member is evicted, in milliseconds.</param>
/// <param name="ReadBlock">Reads a block that is durable, by index: needed when a request is repeated after its turn.</param>
public sealed record BankState(
    LedgerState Ledger, PublicKey BankKey, Money Deposit, int LeaseMs, Func<long, Block> ReadBlock);

/// <summary>The bank.</summary>
public sealed class BankProcess(BankState state, ISignatureScheme signatures, ProtocolRules rules = ProtocolRules.All)
{
    /// <summary>The ledger with everything ordered, durable or not.</summary>
    public LedgerState Ledger => state.Ledger;

    /// <summary>Blocks on disk.</summary>
    public long DurableCount => 0;

    /// <summary>Balance of an account after the durable blocks; null when there is no such account.</summary>
    public Money? DurableBalance(int account) => null;

    /// <summary>The current view with the members' addresses, as announced.</summary>
    public ViewInfo? View => null;

    /// <summary>The latest signed checkpoint, null before the first.</summary>
    public Checkpoint? Checkpoint => null;

    /// <summary>Handles one input. The list is valid until the next step. The first input is a tick.</summary>
    public IReadOnlyList<BankOutput> Step(BankInput input) => rules == 0 && signatures is null ? [] : [];
}
