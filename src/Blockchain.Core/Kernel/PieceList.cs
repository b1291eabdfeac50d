namespace Blockchain.Core.Kernel;

/// <summary>
/// A list that only grows, in pieces of fixed length: once it is longer than one, nothing in it is copied any more, and
/// memory is touched once. A <see cref="List{T}"/> of a million entries touches its memory three times over, and each
/// first touch of a page is a fault that costs more than what is written into it.
/// </summary>
/// <typeparam name="T">What is in it.</typeparam>
public sealed class PieceList<T>
    where T : struct
{
    // Of 16 bytes and more each, a piece goes where the collector does not move it.
    private const int PieceBits = 13;
    private const int PieceLength = 1 << PieceBits;
    private const int ShortestLength = 16;
    private readonly List<T[]> _pieces = [];

    /// <summary>How many entries there are.</summary>
    public long Count { get; private set; }

    /// <summary>The entry at an index.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public T this[long index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)index, (ulong)Count, nameof(index));
            return _pieces[(int)(index >> PieceBits)][index & (PieceLength - 1)];
        }
    }

    /// <summary>Appends one.</summary>
    public void Add(T entry)
    {
        int place = (int)(Count & (PieceLength - 1));
        if (place == 0)
        {
            // Most lists of a simulation stay short.
            _pieces.Add(new T[Count == 0 ? ShortestLength : PieceLength]);
        }

        T[] piece = _pieces[^1];
        if (place == piece.Length)
        {
            Array.Resize(ref piece, 2 * piece.Length);
            _pieces[^1] = piece;
        }

        piece[place] = entry;
        Count++;
    }
}
