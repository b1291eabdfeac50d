using System.Text.Json;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Http;
using Blockchain.Wire.Keys;

namespace Blockchain.Tests.Wire;

/// <summary>Blocks, keys and joins in the forms in which they leave the process.</summary>
public sealed class WireFormTests
{
    private static readonly PublicKey Key = new(Hash.Of([1]).Value, Hash.Of([2]).Value);

    private static readonly Block[] Blocks =
    [
        new Block.View(1, new BlockKey(new Token(1, 0), 0), 1_700_000_000_123, [1, 2], Key),
        new Block.Open(1, new BlockKey(new Token(2, 0), 0), 5, 1, "anna", Money.Zero, Key),
        new Block.Payment(
            1,
            new BlockKey(new Token(3, 1), 0),
            new Transfer(new TransferId(9), 1, 2, new Money(long.MaxValue), "<ü>", long.MaxValue),
            Outcome.InvalidAmount,
            new Signature(Key.X, Key.Y)),
        new Block.Payment(
            1,
            new BlockKey(new Token(3, 1), 1),
            new Transfer(new TransferId(10), 1, 2, new Money(1_205), string.Empty, 7),
            Outcome.Success,
            null),
    ];

    [Theory]
    [InlineData("[null]")]
    [InlineData("""[{"id":0,"name":"a","balance":"1.00","publicKey":""}]""")]
    [InlineData("""[{"id":1,"name":null,"balance":"1.00","publicKey":""}]""")]
    [InlineData("""[{"id":1,"name":"a","balance":"much","publicKey":""}]""")]
    [InlineData("""[{"id":1,"name":"a","publicKey":""}]""")]
    public async Task An_account_that_is_none_is_refused_by_name(string answer)
    {
        using BankApi bank = new(new HttpClient(new Answering(answer)) { BaseAddress = new Uri("http://bank") });

        Func<Task> ask = () => bank.GetAccountsAsync(default);

        (await ask.Should().ThrowAsync<ApiException>()).Which.Type.Should().Be(ProblemTypes.InvalidAnswer);
    }

    [Fact]
    public void Blocks_come_back_from_JSON_with_the_same_bytes() => Blocks.Should().AllSatisfy(block =>
    {
        BlockDto dto = BlockJson.From(block, 4, Hash.Empty, block.HashAfter(Hash.Empty), true);
        string json = JsonSerializer.Serialize(dto, WireJson.Default.BlockDto);

        Block again = BlockJson.ToBlock(JsonSerializer.Deserialize(json, WireJson.Default.BlockDto)!);

        again.Canonical.ToArray().Should().Equal(block.Canonical.ToArray());
    });

    [Fact]
    public void Blocks_come_back_from_the_stream_and_a_torn_one_is_refused()
    {
        byte[] bytes = BlockStream.Write(Blocks);

        BlockStream.Read(bytes).Select(block => block.HashAfter(Hash.Empty))
            .Should().Equal(Blocks.Select(block => block.HashAfter(Hash.Empty)));
        ((Action)(() => BlockStream.Read(bytes.AsSpan(0, bytes.Length - 1)))).Should().Throw<FormatFaultException>();
    }

    [Fact]
    public void A_key_comes_back_from_its_text_and_signs_as_before()
    {
        using KeyPair made = KeyPair.Create();
        using KeyPair loaded = KeyPair.Load(made.ExportPem());

        loaded.PublicKey.Should().Be(made.PublicKey);
        new EcdsaP256().Verify(made.PublicKey, Hash.Empty, loaded.Sign(Hash.Empty)).Should().BeTrue();
        ((Action)(() => KeyPair.Load("no key"))).Should().Throw<FormatFaultException>()
            .WithMessage("*no private P-256 key*");
    }

    [Fact]
    public void A_join_comes_back_as_it_was_asked()
    {
        JoinRequest asked =
            new("anna", Key, 3, "http://127.0.0.1:1", 12, new Checkpoint(1, Hash.Empty, new Signature(Key.X, Key.Y)));
        JoinBody body = JoinBody.From(asked, new Signature(Key.Y, Key.X));
        string json = JsonSerializer.Serialize(body, WireJson.Default.JoinBody);

        JsonSerializer.Deserialize(json, WireJson.Default.JoinBody)!.ToRequest(out Signature signature).Should()
            .Be(asked);
        signature.Should().Be(new Signature(Key.Y, Key.X));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"name":null,"publicKey":"","incarnation":1,"endpoint":"","settled":0,"signature":""}""")]
    [InlineData("""{"name":"a","publicKey":"","incarnation":"1","endpoint":"","settled":0,"signature":""}""")]
    public void JSON_of_another_shape_is_refused(string json) =>
        ((Action)(() => JsonSerializer.Deserialize(json, WireJson.Default.JoinBody))).Should().Throw<JsonException>();

    private sealed class Answering(string answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage { Content = new StringContent(answer) });
    }
}
