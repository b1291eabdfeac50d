using System.Buffers.Binary;
using Blockchain.Bank.Store;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Files;
using Blockchain.Wire.Http;
using Blockchain.Wire.Keys;
using Blockchain.Wire.Links;

namespace Blockchain.Tests.Fuzzing;

/// <summary>What comes in over a link, and what is judged from its bytes.</summary>
internal static class WireTargets
{
    private static readonly KeyPair Keys = KeyPair.Create();

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("block", 4_000, [.. Samples.Blocks.Select(block => block.Canonical.ToArray())], TakesBlock),
        new("frame", 4_000, Samples.Messages(1, 15), bytes => Recodes(
            bytes, static bytes => MessageCodec.Encode(MessageCodec.DecodeFrame(bytes)))),
        new("to-bank", 4_000, Samples.Messages(16, 31), bytes => Recodes(
            bytes, static bytes => MessageCodec.Encode(MessageCodec.DecodeToBank(bytes)))),
        new("from-bank", 4_000, Samples.Messages(32, 47), bytes => Recodes(
            bytes, static bytes => MessageCodec.Encode(MessageCodec.DecodeFromBank(bytes)))),
        new("block-stream", 2_000, [BlockStream.Write(Samples.Blocks)], bytes => Recodes(
            bytes, static bytes => BlockStream.Write(BlockStream.Read(bytes)))),
        new("link-message", 1_000, LinkMessages(), TakesLinkMessage),
        new("handshake-hello", 500, [Hello()], TakesHello),
        new("handshake-challenge", 500, [Challenge()], RefusesChallenge) { NeverTakes = true },
        new("ledger", 1_500, [BlockStream.Write(Samples.Blocks)], TakesLedger),
    ];

    private static bool Recodes(byte[] bytes, Func<byte[], byte[]> recode)
    {
        try
        {
            recode(bytes).Should().Equal(bytes, "a value has one encoding");
            return true;
        }
        catch (FormatFaultException)
        {
            return false;
        }
    }

    // A decoded block keeps its bytes; the way over JSON makes it anew.
    private static bool TakesBlock(byte[] bytes) => Recodes(bytes, static bytes =>
    {
        Block block = Block.Decode(bytes);
        BlockDto dto = BlockJson.From(block, 1, Hash.Empty, block.HashAfter(Hash.Empty), true);
        return BlockJson.ToBlock(dto).Canonical.ToArray();
    });

    private static byte[][] LinkMessages() =>
    [
        .. Samples.Messages(1, 47).Select(Prefixed),
        [.. Samples.Messages(1, 15).SelectMany(Prefixed)],
    ];

    private static byte[] Prefixed(byte[] message)
    {
        byte[] length = new byte[LinkLimits.PrefixBytes];
        BinaryPrimitives.WriteInt32BigEndian(length, message.Length);
        return [.. length, .. message];
    }

    private static bool TakesLinkMessage(byte[] bytes)
    {
        List<byte> frames = [];
        using ScriptedSocket socket = new(bytes);
        try
        {
            new FrameReader(socket).RunAsync(
                frame =>
                {
                    frames.AddRange(Prefixed(frame.ToArray()));
                    return ValueTask.CompletedTask;
                },
                default)
                .GetAwaiter().GetResult();
            frames.Should().Equal(bytes, "every frame is handed out");
            return true;
        }
        catch (LinkFaultException)
        {
            return false;
        }
    }

    private static byte[] Hello()
    {
        CanonicalWriter writer = new();
        writer.U8(1);
        writer.U8(1);
        writer.Hash(Samples.LedgerId);
        writer.U32(2);
        writer.U32(1);
        writer.Hash(Hash.Empty);
        return writer.ToArray();
    }

    private static byte[] Challenge()
    {
        CanonicalWriter writer = new();
        writer.U8(1);
        writer.U8(2);
        writer.Hash(Hash.Empty);
        writer.Signature(Samples.Signature);
        return writer.ToArray();
    }

    // A hello is taken when it is answered with a challenge. A proof cannot be made without a key.
    private static bool TakesHello(byte[] bytes)
    {
        using ScriptedSocket socket = new(bytes, [1, 3, .. bytes.Take(64)]);
        Action accepting = () => Handshake
            .AcceptAsync(socket, Samples.LedgerId, 1, Keys, id => id < 100 ? Samples.BankKey : null, default)
            .GetAwaiter().GetResult();
        accepting.Should().Throw<LinkFaultException>();
        return socket.Sent.Count > 0;
    }

    private static bool RefusesChallenge(byte[] bytes)
    {
        using ScriptedSocket socket = new(bytes);
        Action connecting = () => Handshake
            .ConnectAsync(socket, Samples.LedgerId, 2, Keys, 1, Samples.BankKey, default).GetAwaiter().GetResult();
        connecting.Should().Throw<LinkFaultException>();
        socket.Sent.Should().HaveCount(1, "a proof is given only to the holder of the key");
        return false;
    }

    // Any sequence of byte strings may be called a ledger; three judges read it, and none may fall over it.
    private static bool TakesLedger(byte[] bytes)
    {
        List<byte[]> blocks = [];
        try
        {
            CanonicalReader reader = new(bytes);
            while (reader.Remaining > 0)
            {
                blocks.Add(reader.Prefixed().ToArray());
            }
        }
        catch (FormatFaultException)
        {
            // What was read so far is judged.
        }

        LedgerAudit audit = new(new EveryKeySigned());
        List<StoredRow> rows = [];
        foreach (byte[] block in blocks)
        {
            audit.Add(rows.Count, block, null);
            rows.Add(new StoredRow(rows.Count, block, audit.Hashes[rows.Count]));
        }

        AuditReport report = audit.Finish(Samples.Checkpoint with { Index = bytes.Length % 12 }, true);
        report.Count.Should().Be(blocks.Count);
        bool replayed = Replays(rows);
        (audit.Fault is null || audit.Fault.Kind == AuditFaultKind.WrongCheckpoint || !replayed).Should().BeTrue(
            "audit and replay agree: {0}", audit.Fault?.Explanation);
        return replayed;
    }

    private static bool Replays(List<StoredRow> rows)
    {
        try
        {
            LedgerReplay.Run(rows).Count.Should().Be(rows.Count);
            return true;
        }
        catch (IntegrityException)
        {
            return false;
        }
    }

    private sealed class EveryKeySigned : ISignatureScheme
    {
        public bool Verify(PublicKey key, Hash digest, Signature signature) => true;
    }
}
