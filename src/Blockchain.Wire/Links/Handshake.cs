using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Keys;

namespace Blockchain.Wire.Links;

/// <summary>
/// First on every link: both sides prove that they hold their keys, by signing what both have just drawn at random. A
/// recorded proof is of no use later, one side's proof is not the other's, and a proof for one ledger or pair of
/// processes is none for another. It proves who is there; it does not encrypt.
/// </summary>
public static class Handshake
{
    private const byte Version = 1;
    private const byte HelloKind = 1;
    private const byte ChallengeKind = 2;
    private const byte ProofKind = 3;
    private const byte WelcomeKind = 4;
    private static readonly byte[] AcceptDomain = Encoding.ASCII.GetBytes("blockchain/link/accept/1");
    private static readonly byte[] ConnectDomain = Encoding.ASCII.GetBytes("blockchain/link/connect/1");

    /// <summary>The side that was called.</summary>
    /// <param name="socket">A new connection.</param>
    /// <param name="ledger">Hash of the ledger's first block.</param>
    /// <param name="self">Own number, 0 for the bank.</param>
    /// <param name="keys">Own keys.</param>
    /// <param name="findKey">The key of a caller's number; null for callers that are not known.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Who is calling.</returns>
    /// <exception cref="LinkFaultException">Says what failed; the caller is told too.</exception>
    public static Task<int> AcceptAsync(
        WebSocket socket,
        Hash ledger,
        int self,
        KeyPair keys,
        Func<int, PublicKey?> findKey,
        CancellationToken cancellationToken) => GuardAsync(socket, cancellationToken, async token =>
        {
            (int peer, Hash theirs) = ReadHello(await ReceiveAsync(socket, token), ledger, self);
            PublicKey peerKey = findKey(peer) ?? throw new LinkFaultException($"client {peer} is not known here");
            Exchange exchange = new(ledger, self, peer, theirs, Draw());
            CanonicalWriter challenge = Start(ChallengeKind);
            challenge.Hash(exchange.AcceptNonce);
            challenge.Signature(keys.Sign(exchange.Digest(AcceptDomain)));
            await SendAsync(socket, challenge, token);
            Check(ReadProof(await ReceiveAsync(socket, token)), exchange.Digest(ConnectDomain), peerKey, peer);
            await SendAsync(socket, Start(WelcomeKind), token);
            return peer;
        });

    /// <summary>The side that calls.</summary>
    /// <param name="socket">A new connection.</param>
    /// <param name="ledger">Hash of the ledger's first block.</param>
    /// <param name="self">Own number.</param>
    /// <param name="keys">Own keys.</param>
    /// <param name="peer">The number of who must be there.</param>
    /// <param name="peerKey">Their key.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="LinkFaultException">Says what failed; the other side is told too.</exception>
    public static Task ConnectAsync(
        WebSocket socket,
        Hash ledger,
        int self,
        KeyPair keys,
        int peer,
        PublicKey peerKey,
        CancellationToken cancellationToken) => GuardAsync(socket, cancellationToken, async token =>
        {
            Hash nonce = Draw();
            CanonicalWriter hello = Start(HelloKind);
            hello.Hash(ledger);
            hello.U32(self);
            hello.U32(peer);
            hello.Hash(nonce);
            await SendAsync(socket, hello, token);
            (Hash theirs, Signature signature) = ReadChallenge(await ReceiveAsync(socket, token));
            Exchange exchange = new(ledger, peer, self, nonce, theirs);
            Check(signature, exchange.Digest(AcceptDomain), peerKey, peer);
            CanonicalWriter proof = Start(ProofKind);
            proof.Signature(keys.Sign(exchange.Digest(ConnectDomain)));
            await SendAsync(socket, proof, token);
            CanonicalReader welcome = Open(await ReceiveAsync(socket, token), WelcomeKind);
            welcome.End();
            return peer;
        });

    private static async Task<int> GuardAsync(
        WebSocket socket, CancellationToken cancellationToken, Func<CancellationToken, Task<int>> exchange)
    {
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(LinkLimits.HandshakeTimeout);
        try
        {
            return await exchange(timeout.Token);
        }
        catch (Exception fault) when (fault is LinkFaultException or FormatFaultException)
        {
            await RefuseAsync(socket, fault.Message);
            throw fault as LinkFaultException ?? new LinkFaultException(fault.Message, fault);
        }
        catch (WebSocketException lost)
        {
            throw new LinkFaultException(
                LinkFaultException.Explain(lost, "the connection was lost during the handshake"), lost);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LinkFaultException(
                $"the other side did not finish the handshake within {LinkLimits.HandshakeTimeout.TotalSeconds:0} s",
                late);
        }
    }

    private static async Task RefuseAsync(WebSocket socket, string reason)
    {
        using CancellationTokenSource timeout = new(LinkLimits.CloseTimeout);
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.PolicyViolation, LinkLimits.Cut(reason), timeout.Token);
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException)
        {
            // It is gone, or does not listen: it need not hear the reason.
        }
    }

    private static (int Peer, Hash Nonce) ReadHello(byte[] bytes, Hash ledger, int self)
    {
        CanonicalReader reader = Open(bytes, HelloKind);
        Hash theirLedger = reader.Hash();
        int peer = reader.U32();
        int wanted = reader.U32();
        Hash nonce = reader.Hash();
        reader.End();
        if (theirLedger != ledger)
        {
            throw new LinkFaultException($"the caller is of ledger {theirLedger.Short}; this is ledger {ledger.Short}");
        }

        return wanted == self
            ? (peer, nonce)
            : throw new LinkFaultException($"the caller wants {wanted}; this is {self}");
    }

    private static (Hash Nonce, Signature Signature) ReadChallenge(byte[] bytes)
    {
        CanonicalReader reader = Open(bytes, ChallengeKind);
        Hash nonce = reader.Hash();
        Signature signature = reader.Signature();
        reader.End();
        return (nonce, signature);
    }

    private static Signature ReadProof(byte[] bytes)
    {
        CanonicalReader reader = Open(bytes, ProofKind);
        Signature signature = reader.Signature();
        reader.End();
        return signature;
    }

    private static void Check(Signature signature, Hash digest, PublicKey key, int peer)
    {
        if (!new EcdsaP256().Verify(key, digest, signature))
        {
            throw new LinkFaultException($"the other side does not hold the key of {peer}");
        }
    }

    private static Hash Draw()
    {
        Span<byte> nonce = stackalloc byte[Hash.Size];
        RandomNumberGenerator.Fill(nonce);
        return new Hash(nonce);
    }

    private static CanonicalWriter Start(byte kind)
    {
        CanonicalWriter writer = new();
        writer.U8(Version);
        writer.U8(kind);
        return writer;
    }

    private static CanonicalReader Open(byte[] bytes, byte kind)
    {
        CanonicalReader reader = new(bytes);
        byte version = reader.U8();
        if (version != Version)
        {
            throw new LinkFaultException($"the handshake has version {version}; this program speaks {Version}");
        }

        byte got = reader.U8();
        return got == kind
            ? reader
            : throw new LinkFaultException($"step {kind} of the handshake was expected, not {got}");
    }

    private static async Task SendAsync(WebSocket socket, CanonicalWriter writer,
        CancellationToken cancellationToken) =>
        await socket.SendAsync(writer.ToArray(), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);

    private static async Task<byte[]> ReceiveAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[LinkLimits.HandshakeBytes];
        int length = 0;
        while (length < buffer.Length)
        {
            ValueWebSocketReceiveResult received =
                await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
            length += received.Count;
            if (received.MessageType == WebSocketMessageType.Close)
            {
                throw new LinkFaultException($"the other side refused the link: {socket.CloseStatusDescription}");
            }

            if (received.EndOfMessage)
            {
                return buffer[..length];
            }
        }

        throw new LinkFaultException($"a message of the handshake has more than {buffer.Length} bytes");
    }

    /// <summary>What both sign: everything that makes this link this one and no other.</summary>
    private readonly record struct Exchange(Hash Ledger, int Accepting, int Connecting, Hash ConnectNonce,
        Hash AcceptNonce)
    {
        public Hash Digest(byte[] domain)
        {
            CanonicalWriter writer = new();
            writer.Raw(domain);
            writer.Hash(Ledger);
            writer.U32(Accepting);
            writer.U32(Connecting);
            writer.Hash(ConnectNonce);
            writer.Hash(AcceptNonce);
            return Hash.Of(writer.Written);
        }
    }
}
