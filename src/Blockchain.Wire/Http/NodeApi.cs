using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Blockchain.Wire.Http;

/// <inheritdoc cref="INodeApi"/>
public sealed class NodeApi(HttpClient http) : INodeApi, IDisposable
{
    private readonly JsonHttp _http = new(http);

    /// <summary>A client for the node at this address, with limits on time and size and a few retries of
    /// queries.</summary>
    public static NodeApi At(Uri address) => new(JsonHttp.Create(address));

    /// <inheritdoc/>
    public Task<NodeInfoDto> GetInfoAsync(CancellationToken cancellationToken) =>
        _http.GetAsync(NodeRoutes.Info, NodeJson.Default.NodeInfoDto, cancellationToken);

    /// <inheritdoc/>
    public Task<NodeBlocksDto> GetBlocksAsync(int from, int limit, CancellationToken cancellationToken) =>
        _http.GetAsync(
            $"{NodeRoutes.Blocks}?from={from}&limit={limit}", NodeJson.Default.NodeBlocksDto, cancellationToken);

    /// <inheritdoc/>
    public Task<NodeBlockDto> GetBlockAsync(int height, CancellationToken cancellationToken) =>
        _http.GetAsync($"/blocks/{height}", NodeJson.Default.NodeBlockDto, cancellationToken);

    /// <inheritdoc/>
    public Task<NodeBlockDto> GetLastBlockAsync(CancellationToken cancellationToken) =>
        _http.GetAsync(NodeRoutes.LastBlock, NodeJson.Default.NodeBlockDto, cancellationToken);

    /// <inheritdoc/>
    public Task<TransactionsDto> GetBlockTransactionsAsync(int height, CancellationToken cancellationToken) =>
        _http.GetAsync($"/blocks/{height}/transactions", NodeJson.Default.TransactionsDto, cancellationToken);

    /// <inheritdoc/>
    public Task<TransactionDto> GetBlockTransactionAsync(
        int height, int index, CancellationToken cancellationToken) => _http.GetAsync(
            $"/blocks/{height}/transactions/{index}", NodeJson.Default.TransactionDto, cancellationToken);

    /// <inheritdoc/>
    public Task<InputsDto> GetInputsAsync(int height, int index, CancellationToken cancellationToken) =>
        _http.GetAsync(
            $"/blocks/{height}/transactions/{index}/inputs", NodeJson.Default.InputsDto, cancellationToken);

    /// <inheritdoc/>
    public Task<InputDto> GetInputAsync(int height, int index, int input, CancellationToken cancellationToken) =>
        _http.GetAsync(
            $"/blocks/{height}/transactions/{index}/inputs/{input}", NodeJson.Default.InputDto, cancellationToken);

    /// <inheritdoc/>
    public Task<OutputsDto> GetOutputsAsync(int height, int index, CancellationToken cancellationToken) =>
        _http.GetAsync(
            $"/blocks/{height}/transactions/{index}/outputs", NodeJson.Default.OutputsDto, cancellationToken);

    /// <inheritdoc/>
    public Task<OutputDto> GetOutputAsync(int height, int index, int output, CancellationToken cancellationToken) =>
        _http.GetAsync(
            $"/blocks/{height}/transactions/{index}/outputs/{output}", NodeJson.Default.OutputDto, cancellationToken);

    /// <inheritdoc/>
    public Task<MerkleProofDto> GetProofAsync(string blockHash, string txid, CancellationToken cancellationToken) =>
        _http.GetAsync(
            $"/blocks/{Escape(blockHash)}/proof/{Escape(txid)}", NodeJson.Default.MerkleProofDto, cancellationToken);

    /// <inheritdoc/>
    public Task<TransactionsDto> GetPendingAsync(CancellationToken cancellationToken) =>
        _http.GetAsync(NodeRoutes.Transactions, NodeJson.Default.TransactionsDto, cancellationToken);

    /// <inheritdoc/>
    public Task<SubmitAnswerDto> SubmitAsync(SubmitBody body, CancellationToken cancellationToken) => _http.PostAsync(
        NodeRoutes.Transactions,
        body,
        NodeJson.Default.SubmitBody,
        NodeJson.Default.SubmitAnswerDto,
        cancellationToken);

    /// <inheritdoc/>
    public Task<TransactionStatusDto> GetTransactionAsync(string txid, CancellationToken cancellationToken) =>
        _http.GetAsync(
            $"/transactions/{Escape(txid)}", NodeJson.Default.TransactionStatusDto, cancellationToken);

    /// <inheritdoc/>
    public Task<UtxoDto> GetUtxoAsync(string address, int from, int limit, CancellationToken cancellationToken) =>
        _http.GetAsync(
            $"/utxo/{Escape(address)}?from={from}&limit={limit}", NodeJson.Default.UtxoDto, cancellationToken);

    /// <inheritdoc/>
    public Task<AddressDto> GetAddressAsync(
        string address, int from, int limit, CancellationToken cancellationToken) => _http.GetAsync(
            $"/addresses/{Escape(address)}?from={from}&limit={limit}",
            NodeJson.Default.AddressDto,
            cancellationToken);

    /// <inheritdoc/>
    public Task<NodesDto> GetNodesAsync(CancellationToken cancellationToken) =>
        _http.GetAsync(NodeRoutes.Nodes, NodeJson.Default.NodesDto, cancellationToken);

    /// <inheritdoc/>
    public Task<NodePeersDto> GetPeersAsync(CancellationToken cancellationToken) =>
        _http.GetAsync(NodeRoutes.Peers, NodeJson.Default.NodePeersDto, cancellationToken);

    /// <inheritdoc/>
    public Task<HeadersDto> GetHeadersAsync(int from, int limit, CancellationToken cancellationToken) =>
        _http.GetAsync(
            $"{NodeRoutes.Headers}?from={from}&limit={limit}", NodeJson.Default.HeadersDto, cancellationToken);

    /// <inheritdoc/>
    public Task<ElectionDto> GetElectionAsync(string name, CancellationToken cancellationToken) =>
        _http.GetAsync($"/elections/{Escape(name)}", NodeJson.Default.ElectionDto, cancellationToken);

    /// <inheritdoc/>
    public Task<BallotDto> GetBallotAsync(string election, string voter, CancellationToken cancellationToken) =>
        _http.GetAsync(
            $"/elections/{Escape(election)}/ballots/{Escape(voter)}", NodeJson.Default.BallotDto, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<NodeEventDto> WatchAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using Stream stream = await _http.OpenAsync(SharedRoutes.Events, cancellationToken);
        SseParser<string> events = SseParser.Create(stream);
        await foreach (SseItem<string> item in events.EnumerateAsync(cancellationToken))
        {
            yield return Read(item.Data);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private static NodeEventDto Read(string data)
    {
        try
        {
            return JsonSerializer.Deserialize(data, NodeJson.Default.NodeEventDto)
                ?? throw JsonHttp.InvalidAnswer(SharedRoutes.Events, "it is null");
        }
        catch (JsonException fault)
        {
            throw JsonHttp.InvalidAnswer(SharedRoutes.Events, fault.Message);
        }
    }

    private static string Escape(string part) => Uri.EscapeDataString(part);
}
