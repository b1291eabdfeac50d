using Blockchain.Bank.Store;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Bank.Service;

/// <summary>What a <see cref="BankService"/> starts from.</summary>
public sealed record BankStart
{
    /// <summary>Where the ledger is kept. The service closes it.</summary>
    public required ILedgerStore Store { get; init; }

    /// <summary>The stored ledger, replayed.</summary>
    public required LedgerState Ledger { get; init; }

    /// <summary>The bank's public key.</summary>
    public required PublicKey BankKey { get; init; }

    /// <summary>Signs with the bank's key; called from any thread.</summary>
    public required Func<Hash, Signature> Sign { get; init; }

    /// <summary>Gets blocks from a client that listens at an address (rule 14).</summary>
    public required Func<string, long, CancellationToken, Task<IReadOnlyList<Block>>> Fetch { get; init; }

    /// <summary>What a new account starts with.</summary>
    public required Money Deposit { get; init; }

    /// <summary>Silence after which a member is evicted.</summary>
    public required TimeSpan Lease { get; init; }

    internal AccountHistory History { get; init; } = new();

    /// <summary>Replays a store and says what the bank starts from.</summary>
    /// <exception cref="Wire.Files.IntegrityException">The stored ledger contradicts itself.</exception>
    public static BankStart From(
        ILedgerStore store,
        PublicKey bankKey,
        Func<Hash, Signature> sign,
        Func<string, long, CancellationToken, Task<IReadOnlyList<Block>>> fetch,
        BankOptions options)
    {
        AccountHistory history = new();
        LedgerState ledger = LedgerReplay.Run(store, history.Add);
        return new BankStart
        {
            Store = store,
            Ledger = ledger,
            BankKey = bankKey,
            Sign = sign,
            Fetch = fetch,
            Deposit = options.Deposit,
            Lease = options.Lease,
            History = history,
        };
    }
}

/// <summary>The outcome of a join: one of the two.</summary>
/// <param name="Accepted">The yes.</param>
/// <param name="Refusal">Or why not.</param>
public sealed record JoinResult(JoinAccepted? Accepted, JoinRefusal? Refusal);

/// <summary>The bank stops, or has more to do than it can take: ask again later.</summary>
public sealed class BankBusyException() : Exception("the bank stops or is overloaded; ask again later");
