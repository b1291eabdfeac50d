using Blockchain.Bank.Service;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Links;

namespace Blockchain.Bank.Links;

/// <summary>One client's connection. Signatures are checked ahead or here, so that the loop does not wait for
/// them.</summary>
internal sealed class ClientLink(
    int client, PublicKey key, LinkConnection connection, MessageCache cache, BankService service) : IBankLink
{
    // Those of all members together fit into the inbox: who sends too much waits alone, and nobody is cut off for it.
    private const int MessagesAhead = BankService.InboxCapacity / Limits.Members / 2;
    private readonly EcdsaP256 _signatures = new();
    private Announced? _announced;
    private bool _isExpected;
    private int _received;

    /// <inheritdoc/>
    public void Send(FromBank message) => connection.Post(cache.Encode(message));

    /// <inheritdoc/>
    public void Flush() => connection.Flush();

    /// <inheritdoc/>
    public void Close(string reason) => _ = connection.CloseAsync(reason);

    /// <summary>Serves the connection until it ends.</summary>
    /// <exception cref="LinkFaultException">It did not end cleanly.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        if (!service.TryAttach(client, this))
        {
            throw new LinkFaultException("the bank stops or is overloaded");
        }

        try
        {
            await connection.RunAsync(ReceiveAsync, cancel);
        }
        finally
        {
            Expect(false);
            service.Detach(client, this);
        }
    }

    private async ValueTask ReceiveAsync(ReadOnlyMemory<byte> frame)
    {
        ToBank message = MessageCodec.DecodeToBank(frame.Span);
        if (message is ToBank.Announce announce)
        {
            await AnnounceAsync(announce);
            return;
        }

        bool holds = false;
        if (message is ToBank.Apply { Request: var request })
        {
            holds = await HoldsAsync(request);
            Expect(false);
        }

        if (!service.TryReceive(new BankInput.Received(client, message, holds)))
        {
            throw new LinkFaultException("the bank stops or is overloaded");
        }

        if (++_received % MessagesAhead == 0)
        {
            await service.CatchUpAsync();
        }
    }

    /// <summary>Checks ahead of the client's turn, while others have theirs. One signature at a time.</summary>
    private async ValueTask AnnounceAsync(ToBank.Announce announce)
    {
        if (_announced is { } earlier)
        {
            await earlier.Holds;
        }

        Task<bool> check = service.Signatures.CheckAsync(key, announce.Digest, announce.Signature);
        _announced = new Announced(announce.Digest, announce.Signature, check);
        Expect(true);
    }

    private void Expect(bool isExpected)
    {
        if (isExpected != _isExpected)
        {
            _isExpected = isExpected;
            service.Expect(isExpected ? 1 : -1);
        }
    }

    private ValueTask<bool> HoldsAsync(SignedRequest request)
    {
        Hash digest = request.Digest(service.LedgerId);
        return _announced is { } announced && announced.Digest == digest && announced.Signature == request.Signature
            ? new ValueTask<bool>(announced.Holds)
            : ValueTask.FromResult(_signatures.Verify(key, digest, request.Signature));
    }

    private sealed record Announced(Hash Digest, Signature Signature, Task<bool> Holds);
}
