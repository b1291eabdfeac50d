namespace Blockchain.Wire.Http;

/// <summary>
/// A node of the open network over HTTP, one method per endpoint. All throw <see cref="ApiException"/> when the answer
/// is no or is not understood, and <see cref="HttpRequestException"/> when there is none.
/// </summary>
public interface INodeApi
{
    /// <summary>The network as the node knows it, with the rich list.</summary>
    Task<NodeInfoDto> GetInfoAsync(CancellationToken cancellationToken);

    /// <summary>Blocks of the best chain without their transactions, from a height on.</summary>
    Task<NodeBlocksDto> GetBlocksAsync(int from, int limit, CancellationToken cancellationToken);

    /// <summary>The block at a height of the best chain.</summary>
    Task<NodeBlockDto> GetBlockAsync(int height, CancellationToken cancellationToken);

    /// <summary>The tip.</summary>
    Task<NodeBlockDto> GetLastBlockAsync(CancellationToken cancellationToken);

    /// <summary>The transactions of a block of the best chain.</summary>
    Task<TransactionsDto> GetBlockTransactionsAsync(int height, CancellationToken cancellationToken);

    /// <summary>One transaction of a block.</summary>
    Task<TransactionDto> GetBlockTransactionAsync(int height, int index, CancellationToken cancellationToken);

    /// <summary>What a transaction of a block spends.</summary>
    Task<InputsDto> GetInputsAsync(int height, int index, CancellationToken cancellationToken);

    /// <summary>One input of a transaction of a block, and what it held.</summary>
    Task<InputDto> GetInputAsync(int height, int index, int input, CancellationToken cancellationToken);

    /// <summary>What a transaction of a block pays.</summary>
    Task<OutputsDto> GetOutputsAsync(int height, int index, CancellationToken cancellationToken);

    /// <summary>One output of a transaction of a block.</summary>
    Task<OutputDto> GetOutputAsync(int height, int index, int output, CancellationToken cancellationToken);

    /// <summary>Proves that a transaction is in a block.</summary>
    Task<MerkleProofDto> GetProofAsync(string blockHash, string txid, CancellationToken cancellationToken);

    /// <summary>The transactions that wait for a block.</summary>
    Task<TransactionsDto> GetPendingAsync(CancellationToken cancellationToken);

    /// <summary>Hands a transaction over. When this returns, the node has it on disk. A refusal is an
    /// <see cref="ApiException"/> of status 400 whose type names the rule that is broken.</summary>
    Task<SubmitAnswerDto> SubmitAsync(SubmitBody body, CancellationToken cancellationToken);

    /// <summary>Where a transaction stands; status 404 when the node does not know it.</summary>
    Task<TransactionStatusDto> GetTransactionAsync(string txid, CancellationToken cancellationToken);

    /// <summary>What an address can spend.</summary>
    Task<UtxoDto> GetUtxoAsync(string address, int from, int limit, CancellationToken cancellationToken);

    /// <summary>The balance of an address and a page of its history.</summary>
    Task<AddressDto> GetAddressAsync(string address, int from, int limit, CancellationToken cancellationToken);

    /// <summary>Nodes that the node knows.</summary>
    Task<NodesDto> GetNodesAsync(CancellationToken cancellationToken);

    /// <summary>Nodes that it is connected to.</summary>
    Task<NodePeersDto> GetPeersAsync(CancellationToken cancellationToken);

    /// <summary>Headers of the best chain, from a height on.</summary>
    Task<HeadersDto> GetHeadersAsync(int from, int limit, CancellationToken cancellationToken);

    /// <summary>An election and its count; status 404 when there is neither an election nor a ballot of that
    /// name.</summary>
    Task<ElectionDto> GetElectionAsync(string name, CancellationToken cancellationToken);

    /// <summary>The ballot of a voter; status 404 when there is none.</summary>
    Task<BallotDto> GetBallotAsync(string election, string voter, CancellationToken cancellationToken);

    /// <summary>What happens at the node, from now on, the first at once (listening). Ends when the node stops or cuts
    /// a listener off that does not keep up.</summary>
    IAsyncEnumerable<NodeEventDto> WatchAsync(CancellationToken cancellationToken);
}
