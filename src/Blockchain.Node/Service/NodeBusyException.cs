namespace Blockchain.Node.Service;

/// <summary>The node stops, or has more to do than it can take: ask again later.</summary>
public sealed class NodeBusyException() : Exception("the node stops or is overloaded; ask again later");
