using System.Net.WebSockets;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Keys;
using Blockchain.Wire.Links;

namespace Blockchain.Tests.Wire;

/// <summary>Nobody is on a link who does not hold the key they claim.</summary>
public sealed class HandshakeTests : IDisposable
{
    private static readonly Hash Ledger = Hash.Of([1]);
    private readonly KeyPair _one = KeyPair.Create();
    private readonly KeyPair _two = KeyPair.Create();

    public void Dispose()
    {
        _one.Dispose();
        _two.Dispose();
    }

    [Fact]
    public async Task Two_that_hold_their_keys_come_together()
    {
        await using LinkPair pair = await LinkPair.OpenAsync();
        Task<int> accepting = AcceptAsync(pair);

        await Handshake.ConnectAsync(pair.Caller, Ledger, 2, _two, 1, _one.PublicKey, default);

        (await accepting).Should().Be(2);
    }

    [Fact]
    public async Task A_caller_with_another_key_is_refused() => await RefusedAsync(
        pair => Handshake.ConnectAsync(pair.Caller, Ledger, 2, _one, 1, _one.PublicKey, default),
        "the other side does not hold the key of 2");

    [Fact]
    public async Task A_caller_of_another_ledger_is_refused() => await RefusedAsync(
        pair => Handshake.ConnectAsync(pair.Caller, Hash.Empty, 2, _two, 1, _one.PublicKey, default),
        "the caller is of ledger e3b0c442; this is ledger *");

    [Fact]
    public async Task A_caller_that_nobody_knows_is_refused() => await RefusedAsync(
        pair => Handshake.ConnectAsync(pair.Caller, Ledger, 3, _two, 1, _one.PublicKey, default),
        "client 3 is not known here");

    [Fact]
    public async Task A_caller_that_wants_somebody_else_is_refused() => await RefusedAsync(
        pair => Handshake.ConnectAsync(pair.Caller, Ledger, 2, _two, 4, _one.PublicKey, default),
        "the caller wants 4; this is 1");

    [Fact]
    public async Task A_called_side_with_another_key_is_refused()
    {
        await using LinkPair pair = await LinkPair.OpenAsync();
        Task<int> accepting = AcceptAsync(pair);

        Func<Task> connecting = () => Handshake.ConnectAsync(pair.Caller, Ledger, 2, _two, 1, _two.PublicKey, default);

        await connecting.Should().ThrowAsync<LinkFaultException>()
            .WithMessage("the other side does not hold the key of 1");
        await accepting.Invoking(task => task).Should().ThrowAsync<LinkFaultException>()
            .WithMessage("the other side refused the link: the other side does not hold the key of 1");
    }

    [Fact]
    public async Task A_recorded_proof_is_worth_nothing_on_another_link()
    {
        List<byte[]> recorded = [];
        await using (LinkPair first = await LinkPair.OpenAsync())
        await using (LinkPair between = await LinkPair.OpenAsync())
        {
            Task<int> accepting = AcceptAsync(first);
            Task connecting = Handshake.ConnectAsync(between.Caller, Ledger, 2, _two, 1, _one.PublicKey, default);
            recorded.Add(await PassAsync(between.Called, first.Caller));
            await PassAsync(first.Caller, between.Called);
            recorded.Add(await PassAsync(between.Called, first.Caller));
            await PassAsync(first.Caller, between.Called);
            await connecting.WaitAsync(LinkPair.Patience);
            (await accepting).Should().Be(2, "what was recorded was good");
        }

        await RefusedAsync(
            async pair =>
            {
                await pair.Caller.SendAsync(recorded[0], WebSocketMessageType.Binary, true, default);
                await pair.Caller.ReceiveAsync(new byte[512], default);
                await pair.Caller.SendAsync(recorded[1], WebSocketMessageType.Binary, true, default);
            },
            "the other side does not hold the key of 2");
    }

    [Theory]
    [InlineData("", "1 bytes are needed at 0, 0 are left")]
    [InlineData("0201", "the handshake has version 2; this program speaks 1")]
    [InlineData("0103", "step 1 of the handshake was expected, not 3")]
    [InlineData("0101", "32 bytes are needed at 2, 0 are left")]
    public async Task What_is_no_handshake_is_refused(string hex, string cause) => await RefusedAsync(
        pair => pair.Caller.SendAsync(Convert.FromHexString(hex), WebSocketMessageType.Binary, true, default), cause);

    [Fact]
    public async Task A_message_that_is_too_long_is_refused() => await RefusedAsync(
        pair => pair.Caller.SendAsync(new byte[100_000], WebSocketMessageType.Binary, true, default),
        "a message of the handshake has more than 512 bytes");

    private async Task RefusedAsync(Func<LinkPair, Task> call, string cause)
    {
        await using LinkPair pair = await LinkPair.OpenAsync();
        Task<int> accepting = AcceptAsync(pair);

        try
        {
            await call(pair).WaitAsync(LinkPair.Patience);
        }
        catch (LinkFaultException told)
        {
            told.Message.Should().Match("the other side refused the link: " + cause);
        }

        await accepting.Invoking(task => task).Should().ThrowAsync<LinkFaultException>().WithMessage(cause);
    }

    private static async Task<byte[]> PassAsync(WebSocket from, WebSocket to)
    {
        byte[] buffer = new byte[512];
        WebSocketReceiveResult received = await from.ReceiveAsync(buffer, default).WaitAsync(LinkPair.Patience);
        byte[] message = buffer[..received.Count];
        await to.SendAsync(message, WebSocketMessageType.Binary, true, default);
        return message;
    }

    private Task<int> AcceptAsync(LinkPair pair) => Handshake.AcceptAsync(
        pair.Called, Ledger, 1, _one, id => id == 2 ? _two.PublicKey : null, default).WaitAsync(LinkPair.Patience);
}
