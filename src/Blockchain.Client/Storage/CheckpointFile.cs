using System.Buffers.Binary;
using System.Text;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Files;

namespace Blockchain.Client.Storage;

/// <summary>What is known to be on disk: how far the chain was flushed, and the latest word of the bank about
/// it.</summary>
/// <param name="Count">Number of blocks flushed.</param>
/// <param name="Head">Hash of the last of them; <see cref="Hash.Empty"/> for none.</param>
/// <param name="Checkpoint">The latest checkpoint of the bank, null for none.</param>
public sealed record StoredMark(long Count, Hash Head, Checkpoint? Checkpoint);

/// <summary>The bytes of the file `checkpoint` (FORMAT.md, "Files of a client"). It is replaced as one step and never
/// damaged by a crash.</summary>
public static class CheckpointFile
{
    private const int Version = 1;
    private const int MaxBytes = 1024;
    private static readonly byte[] Magic = Encoding.ASCII.GetBytes("bankmrk\n");

    /// <summary>Reads the file.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="IntegrityException">It was changed by something else.</exception>
    /// <exception cref="StoreFaultException">It cannot be read.</exception>
    public static StoredMark? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return new FileInfo(path).Length <= MaxBytes ? Decode(File.ReadAllBytes(path), path) : throw Damaged(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.From(fault, path);
        }
    }

    /// <summary>Replaces the file; the chain up to the mark must have been flushed before.</summary>
    /// <exception cref="StoreFaultException">It cannot be written.</exception>
    public static void Write(string path, StoredMark mark) => DurableFile.Replace(path, Encode(mark));

    internal static byte[] Encode(StoredMark mark)
    {
        CanonicalWriter writer = new();
        writer.Raw(Magic);
        writer.U32(Version);
        writer.U64(mark.Count);
        writer.Hash(mark.Head);
        writer.U8(mark.Checkpoint is null ? (byte)0 : (byte)1);
        mark.Checkpoint?.Write(writer);
        ChainFormat.AppendChecksum(writer);
        return writer.ToArray();
    }

    private static StoredMark Decode(byte[] bytes, string path)
    {
        if (bytes.Length < Magic.Length + 8 || !bytes.AsSpan(0, Magic.Length).SequenceEqual(Magic)
            || !ChainFormat.ChecksumHolds(bytes))
        {
            throw Damaged(path);
        }

        int version = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(Magic.Length));
        if (version != Version)
        {
            throw new StoreFaultException(
                $"{path} has format {version}; this program reads {Version}. Use the newer program.");
        }

        try
        {
            CanonicalReader reader = new(bytes.AsSpan(Magic.Length + 4, bytes.Length - Magic.Length - 8));
            long count = reader.U64();
            Hash head = reader.Hash();
            Checkpoint? checkpoint = reader.U8() switch
            {
                0 => null,
                1 => Checkpoint.Read(ref reader),
                _ => throw Damaged(path),
            };
            reader.End();
            return new StoredMark(count, head, checkpoint);
        }
        catch (FormatFaultException)
        {
            throw Damaged(path);
        }
    }

    private static IntegrityException Damaged(string path) => new(-1, $"{path} was changed: its checksum does not fit. "
        + "Move it and the chain.log beside it away: the client then fetches its chain again.");
}
