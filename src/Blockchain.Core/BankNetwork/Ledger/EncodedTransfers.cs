using System.Collections;
using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>
/// The many transfers of a request that has come, as the bytes that came. Each is made an object when it is looked at,
/// and forgotten: a full queue waits at every member until its turn has come, and as objects the transfers of fifty
/// members were what the collector spent its time on.
/// </summary>
public sealed class EncodedTransfers : IReadOnlyList<Transfer>
{
    /// <summary>Shorter lists take no more memory as objects.</summary>
    public const int Fewest = 4;

    // The collector takes arrays of 85,000 bytes and more for old ones; a piece without memos has half of that.
    private const int PieceBits = 10;
    private const int PieceLength = 1 << PieceBits;
    private readonly Piece[] _pieces;

    private EncodedTransfers(Piece[] pieces, int count)
    {
        _pieces = pieces;
        Count = count;
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <summary>Bytes that all transfers take together.</summary>
    public int Bytes { get; private init; }

    /// <inheritdoc/>
    public Transfer this[int index]
    {
        get
        {
            CanonicalReader reader = new(BytesOf(index));
            return Transfer.Read(ref reader);
        }
    }

    /// <summary>Reads transfers, one after another.</summary>
    /// <param name="reader">Where they stand.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="FormatFaultException">The bytes are not as many transfers.</exception>
    public static EncodedTransfers Read(ref CanonicalReader reader, int count)
    {
        int start = reader.Position;
        Piece[] pieces = new Piece[(count + PieceLength - 1) >> PieceBits];
        for (int i = 0; i < pieces.Length; i++)
        {
            pieces[i] = ReadPiece(ref reader, Math.Min(PieceLength, count - (i << PieceBits)));
        }

        return new EncodedTransfers(pieces, count) { Bytes = reader.Position - start };
    }

    /// <summary>The canonical form of one.</summary>
    public ReadOnlySpan<byte> BytesOf(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return _pieces[index >> PieceBits].BytesOf(index & (PieceLength - 1));
    }

    /// <summary>Appends the canonical form of all.</summary>
    public void Write(CanonicalWriter writer)
    {
        foreach (Piece piece in _pieces)
        {
            writer.Raw(piece.Bytes);
        }
    }

    /// <inheritdoc/>
    public IEnumerator<Transfer> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static Piece ReadPiece(ref CanonicalReader reader, int count)
    {
        int start = reader.Position;
        Span<int> starts = stackalloc int[PieceLength];
        for (int i = 0; i < count; i++)
        {
            starts[i] = reader.Position - start;
            Transfer.Skip(ref reader);
        }

        bool haveMemos = reader.Position - start > count * Transfer.FixedBytes;
        return new Piece(reader.Since(start).ToArray(), haveMemos ? starts[..count].ToArray() : null);
    }

    /// <summary>Up to a thousand of them.</summary>
    /// <param name="Bytes">One behind another.</param>
    /// <param name="Starts">Where each begins; null when none has a memo.</param>
    private readonly record struct Piece(byte[] Bytes, int[]? Starts)
    {
        public ReadOnlySpan<byte> BytesOf(int place)
        {
            if (Starts is null)
            {
                return Bytes.AsSpan(place * Transfer.FixedBytes, Transfer.FixedBytes);
            }

            int end = place + 1 < Starts.Length ? Starts[place + 1] : Bytes.Length;
            return Bytes.AsSpan(Starts[place]..end);
        }
    }
}
