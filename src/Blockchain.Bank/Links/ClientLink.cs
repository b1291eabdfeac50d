using Blockchain.Bank.Service;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Links;

namespace Blockchain.Bank.Links;

/// <summary>One client's connection. Signatures are checked here, on the connection's own task, so that the loop does
/// not wait for them.</summary>
internal sealed class ClientLink(
    int client, PublicKey key, LinkConnection connection, MessageCache cache, BankService service) : IBankLink
{
    private readonly EcdsaP256 _signatures = new();

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
            await connection.RunAsync(Receive, cancel);
        }
        finally
        {
            service.Detach(client, this);
        }
    }

    private void Receive(ReadOnlyMemory<byte> frame)
    {
        ToBank message = MessageCodec.DecodeToBank(frame.Span);
        bool holds = message is ToBank.Apply { Request: var request }
            && _signatures.Verify(key, request.Digest(service.LedgerId), request.Signature);
        if (!service.TryReceive(new BankInput.Received(client, message, holds)))
        {
            throw new LinkFaultException("the bank stops or is overloaded");
        }
    }
}
