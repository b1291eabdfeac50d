using System.Text.Json.Serialization;

namespace Blockchain.Wire.Http;

/// <summary>Every type of the open network that crosses HTTP as JSON, without reflection. A missing field is
/// refused, so one that may be null is written as null, never left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(NodeInfoDto))]
[JsonSerializable(typeof(NodeBlockDto))]
[JsonSerializable(typeof(NodeBlocksDto))]
[JsonSerializable(typeof(HeadersDto))]
[JsonSerializable(typeof(TransactionDto))]
[JsonSerializable(typeof(TransactionsDto))]
[JsonSerializable(typeof(InputDto))]
[JsonSerializable(typeof(InputsDto))]
[JsonSerializable(typeof(OutputDto))]
[JsonSerializable(typeof(OutputsDto))]
[JsonSerializable(typeof(SubmitBody))]
[JsonSerializable(typeof(SubmitAnswerDto))]
[JsonSerializable(typeof(TransactionStatusDto))]
[JsonSerializable(typeof(MerkleProofDto))]
[JsonSerializable(typeof(UtxoDto))]
[JsonSerializable(typeof(AddressDto))]
[JsonSerializable(typeof(NodesDto))]
[JsonSerializable(typeof(NodePeersDto))]
[JsonSerializable(typeof(ElectionDto))]
[JsonSerializable(typeof(BallotDto))]
[JsonSerializable(typeof(NodeEventDto))]
public sealed partial class NodeJson : JsonSerializerContext;
