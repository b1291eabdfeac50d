using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Http;

namespace Blockchain.Tests.Fuzzing;

/// <summary>What comes in as JSON.</summary>
internal static class JsonTargets
{
    private static readonly ViewInfo View = new(
        2, 3, Samples.Hashes[3], 2, [new MemberInfo(1, "http://127.0.0.1:8001"), new MemberInfo(2, "")]);

    private static readonly JoinRequest Join = new(
        "alice", Samples.BankKey, 3, "http://127.0.0.1:8001", 7, Samples.Checkpoint);

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("block-json", 3_000, [.. Samples.Blocks.Select(Json)], bytes => Takes(
            bytes, WireJson.Default.BlockDto, BlockJson.ToBlock, AgreesWithItsBytes)),
        new("join-body", 2_000, [Json(JoinBody.From(Join, Samples.Signature), WireJson.Default.JoinBody)],
            bytes => Takes(
            bytes, WireJson.Default.JoinBody, ReadJoin, static join => JoinBody.From(join.Request, join.Signature)
                .ToRequest(out _).Should().BeEquivalentTo(join.Request))),
        new("leave-body", 1_000, [Json(new LeaveBody(1, 2, Samples.Signature.ToString()), WireJson.Default.LeaveBody)],
            bytes => Takes(bytes, WireJson.Default.LeaveBody, ReadLeave, static _ => { })),
        new("join-answer", 2_000, [JoinAnswer()], bytes => Takes(
            bytes, WireJson.Default.JoinAnswerDto, static dto => dto.ToAccepted(), static answer =>
                JoinAnswerDto.From(answer).ToAccepted().View.Members.Should().Equal(answer.View.Members))),
        new("checkpoint-json", 1_000, [CheckpointJson()], bytes => Takes(
            bytes, WireJson.Default.LedgerCheckpointDto, WireConvert.ToCheckpoint, static read =>
                WireConvert.ToCheckpoint(WireConvert.ToDto(read.Checkpoint, read.Ledger, read.BankKey)).Should()
                    .Be(read))),
        new("accounts-json", 1_000, [Accounts()], bytes => Takes(
            bytes, WireJson.Default.AccountDtoArray, static dto => dto, static _ => { })),
        new("problem-json", 1_000, [Problem()], bytes => Takes(
            bytes, WireJson.Default.ProblemDto, static dto => dto, static dto => ProblemTypes.ToJoinRefusal(dto.Type))),
    ];

    private static bool Takes<TDto, TValue>(
        byte[] bytes, JsonTypeInfo<TDto> type, Func<TDto, TValue> read, Action<TValue> check)
    {
        try
        {
            TDto? dto = JsonSerializer.Deserialize(bytes, type);
            if (dto is null)
            {
                return false;
            }

            check(read(dto));
            return true;
        }
        catch (Exception fault) when (fault is JsonException or FormatFaultException)
        {
            return false;
        }
    }

    private static void AgreesWithItsBytes(Block block)
    {
        Block again = Block.Decode(block.Canonical.Span);
        BlockDto dto = BlockJson.From(again, 1, Hash.Empty, Hash.Empty, true);
        BlockJson.ToBlock(dto).Canonical.ToArray().Should().Equal(block.Canonical.ToArray());
    }

    private static (JoinRequest Request, Signature Signature) ReadJoin(JoinBody body)
    {
        JoinRequest request = body.ToRequest(out Signature signature);
        JoinProof.Digest(request).Should().NotBe(Hash.Empty, "every join that is read can be checked");
        return (request, signature);
    }

    private static Hash ReadLeave(LeaveBody body)
    {
        body.ToSignature();
        return LeaveProof.Digest(Samples.LedgerId, body.Client, body.Epoch);
    }

    private static byte[] Json(Block block, int i) => Json(
        BlockJson.From(block, i, i == 0 ? Hash.Empty : Samples.Hashes[i - 1], Samples.Hashes[i], true),
        WireJson.Default.BlockDto);

    private static byte[] JoinAnswer() => Json(
        JoinAnswerDto.From(new JoinAccepted(3, 1, Samples.LedgerId, Samples.BankKey, 5_000, View)),
        WireJson.Default.JoinAnswerDto);

    private static byte[] CheckpointJson() => Json(
        WireConvert.ToDto(Samples.Checkpoint, Samples.LedgerId, Samples.BankKey), WireJson.Default.LedgerCheckpointDto);

    private static byte[] Accounts() => Json(
        [new AccountDto(1, "alice", "6.51", Samples.BankKey.ToString())], WireJson.Default.AccountDtoArray);

    private static byte[] Problem() => Json(
        new ProblemDto(ProblemTypes.Of(JoinRefusal.NameTaken), "Refused", 409, "another client has this name"),
        WireJson.Default.ProblemDto);

    private static byte[] Json<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);
}
