using System.Net;
using Blockchain.Core.OpenNetwork;
using Blockchain.Node.Tracking;
using Blockchain.Wire.Hosting;

namespace Blockchain.Node;

/// <summary>How a node runs. <see cref="Faults"/> says what cannot be.</summary>
public sealed class NodeOptions
{
    /// <summary>The numbers of the network.</summary>
    public required NetworkParameters Parameters { get; init; }

    /// <summary>The folder of this node alone.</summary>
    public required string Folder { get; init; }

    /// <summary>Address and port for HTTP and for other nodes; port 0 takes a free one.</summary>
    public string Listen { get; init; } = "127.0.0.1:0";

    /// <summary>Host that other nodes are told, when it is not that of <see cref="Listen"/>.</summary>
    public string? Advertise { get; init; }

    /// <summary>Port for foreign clients, at the address of <see cref="Listen"/>; 0 takes a free one, null opens
    /// none.</summary>
    public int? TcpPort { get; init; }

    /// <summary>Trackers to join.</summary>
    public IReadOnlyList<Uri> Trackers { get; init; } = [];

    /// <summary>Nodes to dial.</summary>
    public IReadOnlyList<Uri> Peers { get; init; } = [];

    /// <summary>Whether to mine.</summary>
    public bool Mines { get; init; }

    /// <summary>Threads that mine.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Who is paid for mined blocks; null when none are mined.</summary>
    public Address? Reward { get; init; }

    /// <summary>How long own blocks are held back, to show forks.</summary>
    public TimeSpan Slow { get; init; }

    /// <summary>Whether addresses other than loopback are allowed.</summary>
    public bool AllowRemote { get; init; }

    /// <summary>One line for each thing that is wrong; none when the node can run.</summary>
    public IEnumerable<string> Faults()
    {
        if (string.IsNullOrWhiteSpace(Folder))
        {
            yield return "a data folder is needed. Name one with --data.";
        }

        if (WebListening.FaultOf(Listen, AllowRemote) is { } fault)
        {
            yield return fault;
        }

        if (!Genesis.IsName(Parameters.Name))
        {
            yield return $"the name of a network has 1 to {OpenLimits.NetworkNameCharacters} characters, none of them "
                + "a control character. Choose another with --network.";
        }

        if (Threads is < 1 or > NodeLimits.MinerThreads)
        {
            yield return $"{Threads} threads are not between 1 and {NodeLimits.MinerThreads}. Choose another number.";
        }

        if (Mines && Reward is null)
        {
            yield return "somebody must be paid for the blocks. Name an address with --reward.";
        }

        if (Trackers.Count > 0 && Advertise is null && WebListening.TryParse(Listen, out IPEndPoint? endPoint)
            && (endPoint.Address.Equals(IPAddress.Any) || endPoint.Address.Equals(IPAddress.IPv6Any)))
        {
            yield return $"{Listen} is no address at which others reach this node. Name one for them with --advertise.";
        }

        if (Target.FromCompact(Parameters.LimitBits, out Target limit) != CompactFault.None)
        {
            yield return $"{Parameters.LimitBits} is the compact form of no target. Choose another limit.";
        }
        else if (Target.FromCompact(Parameters.StartBits, out Target first) != CompactFault.None
            || first.CompareTo(limit) > 0)
        {
            yield return $"{Parameters.StartBits} is the compact form of no target up to that of "
                + $"{Parameters.LimitBits}. Choose another with --start-bits.";
        }

        foreach (Uri uri in Trackers.Concat(Peers).Where(uri => !NodeAddress.TryParse(uri.ToString(), out _)))
        {
            yield return $"{uri} is no address of a tracker or node. Give http://HOST:PORT.";
        }
    }

    internal IPEndPoint TcpEndPoint()
    {
        Core.Kernel.Invariant.Holds(WebListening.TryParse(Listen, out IPEndPoint? endPoint), "the options are checked");
        return new IPEndPoint(endPoint!.Address, TcpPort ?? 0);
    }
}
