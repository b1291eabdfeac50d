using System.Text.Json.Serialization;

namespace Blockchain.Wire.Http;

/// <summary>Every type that crosses HTTP as JSON, without reflection. A missing or null field that must be there is
/// refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AccountDto))]
[JsonSerializable(typeof(AccountDto[]))]
[JsonSerializable(typeof(HistoryDto))]
[JsonSerializable(typeof(ViewDto))]
[JsonSerializable(typeof(CheckpointDto))]
[JsonSerializable(typeof(LedgerCheckpointDto))]
[JsonSerializable(typeof(LedgerPageDto))]
[JsonSerializable(typeof(BlockDto))]
[JsonSerializable(typeof(QueueDto))]
[JsonSerializable(typeof(ClockDto))]
[JsonSerializable(typeof(JoinBody))]
[JsonSerializable(typeof(JoinAnswerDto))]
[JsonSerializable(typeof(LeaveBody))]
[JsonSerializable(typeof(ProblemDto))]
[JsonSerializable(typeof(TransferAnswer))]
[JsonSerializable(typeof(BalanceAnswer))]
[JsonSerializable(typeof(BalancesAnswer))]
[JsonSerializable(typeof(ChainAnswer))]
[JsonSerializable(typeof(QueueAnswer))]
[JsonSerializable(typeof(WhyAnswer))]
[JsonSerializable(typeof(ClockAnswer))]
[JsonSerializable(typeof(PeersAnswer))]
[JsonSerializable(typeof(VerifyAnswer))]
[JsonSerializable(typeof(AllAnswer))]
[JsonSerializable(typeof(LinesAnswer))]
public sealed partial class WireJson : JsonSerializerContext;
