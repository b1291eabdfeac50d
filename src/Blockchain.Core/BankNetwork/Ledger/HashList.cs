using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>A growing list of hashes in pieces of fixed size: 32 bytes a block and no copying as it grows.</summary>
public sealed class HashList
{
    private const int PieceLength = 1 << 12;
    private readonly List<Hash[]> _pieces = [];

    /// <summary>How many hashes there are.</summary>
    public long Count { get; private set; }

    /// <summary>The hash at an index.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public Hash this[long index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return _pieces[(int)(index / PieceLength)][index % PieceLength];
        }
    }

    /// <summary>Appends one.</summary>
    public void Add(Hash hash)
    {
        int place = (int)(Count % PieceLength);
        if (place == 0)
        {
            _pieces.Add(new Hash[PieceLength]);
        }

        _pieces[^1][place] = hash;
        Count++;
    }
}
