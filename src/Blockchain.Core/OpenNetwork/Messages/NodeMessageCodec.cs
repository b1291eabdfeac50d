using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>
/// Every message between nodes as bytes and back: a byte with the format's version, a byte with the kind, then the
/// fields in the canonical encoding. Whatever decodes encodes to the same bytes again.
/// </summary>
public static class NodeMessageCodec
{
    /// <summary>The first byte of every message.</summary>
    public const byte FormatVersion = 1;

    private const byte HelloKind = 1;
    private const byte GetHeadersKind = 2;
    private const byte HeadersKind = 3;
    private const byte GetBlocksKind = 4;
    private const byte BlockBodyKind = 5;
    private const byte NotFoundKind = 6;
    private const byte InventoryKind = 7;
    private const byte GetTransactionsKind = 8;
    private const byte TransactionBodiesKind = 9;
    private const byte GetPeersKind = 10;
    private const byte PeersAreKind = 11;
    private const byte PingKind = 12;
    private const byte PongKind = 13;
    private const int MinTransactionBytes = 4 + 1;

    /// <summary>The bytes of a message.</summary>
    public static byte[] Encode(NodeMessage message)
    {
        CanonicalWriter writer = new();
        writer.U8(FormatVersion);
        Write(writer, message);
        Invariant.Holds(writer.Length <= OpenLimits.FrameBytes, "a message fits a frame");
        return writer.ToArray();
    }

    /// <summary>Reads a message. Nothing in it refers to <paramref name="bytes"/> afterwards.</summary>
    /// <exception cref="FormatFaultException">The bytes are not exactly one message.</exception>
    public static NodeMessage Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > OpenLimits.FrameBytes)
        {
            throw new FormatFaultException($"a message has {bytes.Length} bytes; {OpenLimits.FrameBytes} is the most");
        }

        CanonicalReader reader = new(bytes);
        byte version = reader.U8();
        if (version != FormatVersion)
        {
            throw new FormatFaultException($"a message has format {version}; this program reads {FormatVersion}");
        }

        NodeMessage message = Read(ref reader);
        reader.End();
        return message;
    }

    private static void Write(CanonicalWriter writer, NodeMessage message)
    {
        switch (message)
        {
            case NodeMessage.Hello hello:
                writer.U8(HelloKind);
                WriteHello(writer, hello);
                break;
            case NodeMessage.GetHeaders get:
                writer.U8(GetHeadersKind);
                WriteHashes(writer, get.Locator);
                writer.Write(get.Stop.Value);
                break;
            case NodeMessage.Headers headers:
                writer.U8(HeadersKind);
                WriteHeaders(writer, headers.List);
                break;
            case NodeMessage.GetBlocks get:
                writer.U8(GetBlocksKind);
                WriteHashes(writer, get.Hashes);
                break;
            case NodeMessage.BlockBody body:
                writer.U8(BlockBodyKind);
                writer.Raw(body.Block.Canonical.Span);
                break;
            case NodeMessage.NotFound missing:
                writer.U8(NotFoundKind);
                WriteHashes(writer, missing.Hashes);
                break;
            default:
                WriteOther(writer, message);
                break;
        }
    }

    private static void WriteOther(CanonicalWriter writer, NodeMessage message)
    {
        switch (message)
        {
            case NodeMessage.InventoryOf inventory:
                writer.U8(InventoryKind);
                WriteHashes(writer, inventory.Blocks);
                WriteIds(writer, inventory.Transactions);
                break;
            case NodeMessage.GetTransactions get:
                writer.U8(GetTransactionsKind);
                WriteIds(writer, get.Ids);
                break;
            case NodeMessage.TransactionBodies bodies:
                writer.U8(TransactionBodiesKind);
                writer.U16((ushort)bodies.List.Count);
                foreach (Transaction transaction in bodies.List)
                {
                    writer.Prefixed(transaction.Canonical.Span);
                }

                break;
            case NodeMessage.GetPeers:
                writer.U8(GetPeersKind);
                break;
            case NodeMessage.PeersAre peers:
                writer.U8(PeersAreKind);
                writer.U16((ushort)peers.Addresses.Count);
                foreach (string address in peers.Addresses)
                {
                    writer.Text(address);
                }

                break;
            case NodeMessage.Ping ping:
                writer.U8(PingKind);
                writer.U64(ping.Number);
                break;
            case NodeMessage.Pong pong:
                writer.U8(PongKind);
                writer.U64(pong.Number);
                break;
            default:
                throw new InvariantException("the kinds of message are closed");
        }
    }

    private static NodeMessage Read(ref CanonicalReader reader) => reader.U8() switch
    {
        HelloKind => ReadHello(ref reader),
        GetHeadersKind => new NodeMessage.GetHeaders(
            ReadHashes(ref reader, OpenLimits.Locator), new BlockHash(reader.Bytes())),
        HeadersKind => new NodeMessage.Headers(ReadHeaders(ref reader)),
        GetBlocksKind => new NodeMessage.GetBlocks(ReadHashes(ref reader, OpenLimits.Blocks)),
        BlockBodyKind => new NodeMessage.BlockBody(Block.Decode(reader.Raw(reader.Remaining))),
        NotFoundKind => new NodeMessage.NotFound(ReadHashes(ref reader, OpenLimits.Blocks)),
        InventoryKind => ReadInventory(ref reader),
        GetTransactionsKind => new NodeMessage.GetTransactions(ReadIds(ref reader, OpenLimits.Inventory)),
        TransactionBodiesKind => new NodeMessage.TransactionBodies(ReadTransactions(ref reader)),
        GetPeersKind => NodeMessage.GetPeers.Instance,
        PeersAreKind => new NodeMessage.PeersAre(ReadAddresses(ref reader)),
        PingKind => new NodeMessage.Ping(reader.U64()),
        PongKind => new NodeMessage.Pong(reader.U64()),
        var other => throw new FormatFaultException($"{other} is no kind of message between nodes"),
    };

    private static void WriteHello(CanonicalWriter writer, NodeMessage.Hello hello)
    {
        writer.U16((ushort)hello.Version);
        writer.Write(hello.Network.Value);
        writer.WriteBits(hello.Agent);
        writer.Text(hello.Listen);
        writer.U32(hello.Height);
        writer.Write(hello.Work.Value.ToBigEndian());
    }

    private static NodeMessage.Hello ReadHello(ref CanonicalReader reader) => new(
        reader.U16(),
        new BlockHash(reader.Bytes()),
        reader.Bits(),
        reader.Text(OpenLimits.AddressCharacters),
        reader.U32(),
        new Work(UInt256.FromBigEndian(reader.Bytes())));

    private static void WriteHeaders(CanonicalWriter writer, IReadOnlyList<Header> headers)
    {
        Span<byte> bytes = stackalloc byte[Header.Size];
        writer.U16((ushort)headers.Count);
        foreach (Header header in headers)
        {
            header.Write(bytes);
            writer.Raw(bytes);
        }
    }

    private static Header[] ReadHeaders(ref CanonicalReader reader)
    {
        Header[] headers = new Header[reader.Count(OpenLimits.Headers, Header.Size, "headers")];
        for (int i = 0; i < headers.Length; i++)
        {
            headers[i] = Header.Read(reader.Raw(Header.Size));
        }

        return headers;
    }

    private static void WriteHashes(CanonicalWriter writer, IReadOnlyList<BlockHash> hashes)
    {
        writer.U16((ushort)hashes.Count);
        foreach (BlockHash hash in hashes)
        {
            writer.Write(hash.Value);
        }
    }

    private static BlockHash[] ReadHashes(ref CanonicalReader reader, int most)
    {
        BlockHash[] hashes = new BlockHash[reader.Count(most, Bytes32.Size, "hashes")];
        for (int i = 0; i < hashes.Length; i++)
        {
            hashes[i] = new BlockHash(reader.Bytes());
        }

        return hashes;
    }

    private static void WriteIds(CanonicalWriter writer, IReadOnlyList<TransactionId> ids)
    {
        writer.U16((ushort)ids.Count);
        foreach (TransactionId id in ids)
        {
            writer.Write(id.Value);
        }
    }

    private static TransactionId[] ReadIds(ref CanonicalReader reader, int most)
    {
        TransactionId[] ids = new TransactionId[reader.Count(most, Bytes32.Size, "ids")];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = new TransactionId(reader.Bytes());
        }

        return ids;
    }

    private static NodeMessage.InventoryOf ReadInventory(ref CanonicalReader reader)
    {
        BlockHash[] blocks = ReadHashes(ref reader, OpenLimits.Inventory);
        return new NodeMessage.InventoryOf(blocks, ReadIds(ref reader, OpenLimits.Inventory - blocks.Length));
    }

    private static Transaction[] ReadTransactions(ref CanonicalReader reader)
    {
        Transaction[] list =
            new Transaction[reader.Count(OpenLimits.Transactions, MinTransactionBytes, "transactions")];
        for (int i = 0; i < list.Length; i++)
        {
            list[i] = Transaction.Decode(reader.Prefixed());
        }

        return list;
    }

    private static string[] ReadAddresses(ref CanonicalReader reader)
    {
        string[] addresses = new string[reader.Count(OpenLimits.Addresses, sizeof(ushort), "addresses")];
        for (int i = 0; i < addresses.Length; i++)
        {
            addresses[i] = reader.Text(OpenLimits.AddressCharacters);
        }

        return addresses;
    }
}
