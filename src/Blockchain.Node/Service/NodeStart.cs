using Blockchain.Core.OpenNetwork;
using Blockchain.Node.Peers;
using Blockchain.Node.Store;

namespace Blockchain.Node.Service;

/// <summary>What a <see cref="NodeService"/> starts from.</summary>
internal sealed record NodeStart
{
    /// <summary>The numbers of the network.</summary>
    public required NetworkParameters Parameters { get; init; }

    /// <summary>Where blocks are kept. The service closes it.</summary>
    public required INodeStore Store { get; init; }

    /// <summary>Checks signatures.</summary>
    public required IEd25519 Signatures { get; init; }

    /// <summary>Who is paid for blocks that are mined here; null to mine none.</summary>
    public Address? Reward { get; init; }

    /// <summary>Threads that mine; 0 for none.</summary>
    public int Threads { get; init; }

    /// <summary>How long own blocks are held back.</summary>
    public TimeSpan Slow { get; init; }

    /// <summary>The nodes that are known.</summary>
    public required AddressBook Book { get; init; }
}
