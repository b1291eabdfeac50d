using System.Net;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Client.Hosting;

/// <summary>How a client is to run.</summary>
public sealed record ClientOptions
{
    /// <summary>The longest delay that can be asked for.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    /// <summary>Address of the bank, for example http://127.0.0.1:8000.</summary>
    public required Uri Bank { get; init; }

    /// <summary>Name of the client; null for a new client with a name of its own, client-N.</summary>
    public string? Name { get; init; }

    /// <summary>The data folder of the installation; the client's is DATA/clients/NAME.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Where peers reach the client; port 0 for any free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>Host that peers are told, when it is not that of <see cref="Listen"/>; null for that one.</summary>
    public string? Advertise { get; init; }

    /// <summary>How long each message of a peer is held before it is looked at.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>File to which each operation is appended as a line of JSON; null for none.</summary>
    public string? History { get; init; }

    /// <summary>Whether the client may listen on an address that other machines reach.</summary>
    public bool AllowRemote { get; init; }

    /// <summary>Most transfers in one request; for measurements.</summary>
    public int MaxBatch { get; init; } = Limits.RequestTransfers;

    /// <summary>What is wrong, one line per fault; none when the options can be used.</summary>
    public IReadOnlyList<string> Faults()
    {
        List<string> faults = [];
        if (!Bank.IsAbsoluteUri || Bank.Scheme is not ("http" or "https"))
        {
            faults.Add($"--bank {Bank} is no address of a bank. Write it like http://127.0.0.1:8000.");
        }

        if (Name is not null && !ClientName.IsValid(Name))
        {
            faults.Add($"--name: {ClientName.Rule}.");
        }

        if (DataDirectory.Length == 0)
        {
            faults.Add("--data is empty. Name a folder.");
        }

        if (Delay < TimeSpan.Zero || Delay > LongestDelay)
        {
            faults.Add($"--delay is from 0s to {LongestDelay.TotalSeconds:0}s.");
        }

        if (!AllowRemote && !IPAddress.IsLoopback(Listen.Address))
        {
            faults.Add($"--listen {Listen} can be reached by other machines. Say --allow-remote if that is meant.");
        }

        if (AllowRemote && Advertise is null
            && (Listen.Address.Equals(IPAddress.Any) || Listen.Address.Equals(IPAddress.IPv6Any)))
        {
            faults.Add($"--listen {Listen} is no address that peers could be told. Name the host with --advertise.");
        }

        if (MaxBatch is < 1 or > Limits.RequestTransfers)
        {
            faults.Add($"the most transfers in a request is from 1 to {Limits.RequestTransfers}.");
        }

        return faults;
    }
}
