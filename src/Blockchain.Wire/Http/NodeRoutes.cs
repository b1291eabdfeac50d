namespace Blockchain.Wire.Http;

/// <summary>Where a node of the open network listens for what.</summary>
public static class NodeRoutes
{
    /// <summary>GET: the network as the node knows it.</summary>
    public const string Info = "/info";

    /// <summary>GET: blocks without their transactions; <c>?from=&amp;limit=</c> by height.</summary>
    public const string Blocks = "/blocks";

    /// <summary>GET: one block by height.</summary>
    public const string Block = "/blocks/{height}";

    /// <summary>GET: the tip.</summary>
    public const string LastBlock = "/blocks/last";

    /// <summary>GET: the transactions of a block.</summary>
    public const string BlockTransactions = "/blocks/{height}/transactions";

    /// <summary>GET: one transaction of a block.</summary>
    public const string BlockTransaction = "/blocks/{height}/transactions/{index}";

    /// <summary>GET: what a transaction of a block spends.</summary>
    public const string Inputs = "/blocks/{height}/transactions/{index}/inputs";

    /// <summary>GET: one input.</summary>
    public const string Input = "/blocks/{height}/transactions/{index}/inputs/{input}";

    /// <summary>GET: what a transaction of a block pays.</summary>
    public const string Outputs = "/blocks/{height}/transactions/{index}/outputs";

    /// <summary>GET: one output.</summary>
    public const string Output = "/blocks/{height}/transactions/{index}/outputs/{output}";

    /// <summary>GET: proof that a transaction is in a block.</summary>
    public const string Proof = "/blocks/{hash}/proof/{txid}";

    /// <summary>GET: the transactions that wait. POST: one more.</summary>
    public const string Transactions = "/transactions";

    /// <summary>GET: where a transaction stands.</summary>
    public const string Transaction = "/transactions/{txid}";

    /// <summary>GET: what an address can spend; <c>?from=&amp;limit=</c>.</summary>
    public const string Utxo = "/utxo/{address}";

    /// <summary>GET: balance and history of an address; <c>?from=&amp;limit=</c>.</summary>
    public const string Address = "/addresses/{address}";

    /// <summary>GET: known nodes.</summary>
    public const string Nodes = "/nodes";

    /// <summary>GET: connected nodes.</summary>
    public const string Peers = "/peers";

    /// <summary>GET: headers; <c>?from=&amp;limit=</c> by height.</summary>
    public const string Headers = "/headers";

    /// <summary>GET: an election and its count.</summary>
    public const string Election = "/elections/{name}";

    /// <summary>GET: the ballot of a voter.</summary>
    public const string Ballot = "/elections/{name}/ballots/{voter}";

    /// <summary>WebSocket: the link of another node.</summary>
    public const string Peer = "/peer";
}
