using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>An account of the ledger. It belongs to the client of the same number.</summary>
public sealed class Account(int id, string name, Money deposit, PublicKey publicKey)
{
    /// <summary>Number, from 1.</summary>
    public int Id { get; } = id;

    /// <summary>Name of the client.</summary>
    public string Name { get; } = name;

    /// <summary>What it was opened with.</summary>
    public Money Deposit { get; } = deposit;

    /// <summary>Only the holder of this key can pay from it.</summary>
    public PublicKey PublicKey { get; } = publicKey;

    /// <summary>What it holds now; never below 0.</summary>
    public Money Balance { get; private set; } = deposit;

    internal void Add(long minor)
    {
        Balance = new Money(checked(Balance.Minor + minor));
        Invariant.Holds(Balance.Minor >= 0, $"the balance of account {Id} is not below 0");
    }
}
