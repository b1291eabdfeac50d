using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Hosting;

namespace Blockchain.Bank;

/// <summary>How a bank runs. <see cref="Faults"/> says what cannot be.</summary>
public sealed class BankOptions
{
    /// <summary>The shortest lease: several heartbeats must fit into it.</summary>
    public static readonly TimeSpan MinLease = TimeSpan.FromSeconds(1);

    /// <summary>The longest lease: nobody waits longer for a dead client.</summary>
    public static readonly TimeSpan MaxLease = TimeSpan.FromHours(1);

    /// <summary>Address and port to listen on; port 0 takes a free one.</summary>
    public string Listen { get; init; } = "127.0.0.1:8000";

    /// <summary>The folder under which the bank keeps its own, named bank.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>What a new account starts with.</summary>
    public Money Deposit { get; init; } = new(10_00);

    /// <summary>Silence after which a member is evicted.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether addresses other than loopback are allowed.</summary>
    public bool AllowRemote { get; init; }

    /// <summary>The bank's data folder.</summary>
    public string Folder => Path.Combine(DataDirectory, "bank");

    /// <summary>One line for each thing that is wrong; none when the bank can run.</summary>
    public IEnumerable<string> Faults()
    {
        if (string.IsNullOrWhiteSpace(DataDirectory))
        {
            yield return "a data folder is needed. Name one with --data.";
        }

        if (WebListening.FaultOf(Listen, AllowRemote) is { } fault)
        {
            yield return fault;
        }

        if (Deposit.Minor is < 0 or > Limits.AmountMinor)
        {
            yield return $"the deposit {Deposit} is not between 0.00 and {new Money(Limits.AmountMinor)}. Choose "
                + "another.";
        }

        if (Lease < MinLease || Lease > MaxLease)
        {
            yield return $"a lease of {Lease.TotalSeconds} s is not between {MinLease.TotalSeconds} and "
                + $"{MaxLease.TotalSeconds} s. Choose another.";
        }
    }
}
