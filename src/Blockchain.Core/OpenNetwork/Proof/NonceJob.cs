using System.Buffers.Binary;
using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>
/// What the double SHA-256 of a header has in common for all its nonces, computed once. The first 64 bytes are taken
/// into a state (the midstate); the nonce is the fourth word of what is left, so three rounds and parts of the message
/// schedule do not depend on it either.
/// </summary>
internal readonly struct NonceJob
{
    /// <summary>What stands behind the nonce: the mark of FIPS 180-4, section 5.1.1.</summary>
    public const uint Mark = 0x8000_0000;

    /// <summary>Bits of a header.</summary>
    public const uint HeaderBits = 8 * Header.Size;

    /// <summary>Bits of a hash.</summary>
    public const uint HashBits = 8 * Hash.Size;

    private const int KnownRounds = 3;

    private NonceJob(ReadOnlySpan<uint> midstate, ReadOnlySpan<uint> tail)
    {
        (A, B, C, D) = (midstate[0], midstate[1], midstate[2], midstate[3]);
        (E, F, G, H) = (midstate[4], midstate[5], midstate[6], midstate[7]);
        (A3, B3, C3, D3, E3, F3, G3, H3) = (A, B, C, D, E, F, G, H);
        for (int t = 0; t < KnownRounds; t++)
        {
            Sha256Lanes.Round<uint, Lanes1>(
                A3, B3, C3, ref D3, E3, F3, G3, ref H3, tail[t], Sha256Lanes.Constants[t]);
            (A3, B3, C3, D3, E3, F3, G3, H3) = (H3, A3, B3, C3, D3, E3, F3, G3);
        }

        uint w16 = tail[0];
        Sha256Lanes.Extend<uint, Lanes1>(ref w16, tail[1], 0, 0);
        uint w17 = tail[1];
        Sha256Lanes.Extend<uint, Lanes1>(ref w17, tail[2], 0, HeaderBits);
        uint part18 = tail[2];
        Sha256Lanes.Extend<uint, Lanes1>(ref part18, 0, 0, w16);
        uint part19 = 0;
        Sha256Lanes.Extend<uint, Lanes1>(ref part19, Mark, 0, w17);
        uint part31 = HeaderBits;
        Sha256Lanes.Extend<uint, Lanes1>(ref part31, w16, 0, 0);
        (W16, W17, Part18, Part19, Part31) = (w16, w17, part18, part19, part31);
    }

    /// <summary>The midstate.</summary>
    public readonly uint A, B, C, D, E, F, G, H;

    /// <summary>The state behind the rounds before the nonce.</summary>
    public readonly uint A3, B3, C3, D3, E3, F3, G3, H3;

    /// <summary>Words of the message schedule, whole or without what the nonce adds.</summary>
    public readonly uint W16, W17, Part18, Part19, Part31;

    /// <summary>Prepares the search for a nonce of this header.</summary>
    public static NonceJob Of(Header template)
    {
        Span<byte> bytes = stackalloc byte[Header.Size];
        template.Write(bytes);
        Span<uint> words = stackalloc uint[Header.Size / sizeof(uint)];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32BigEndian(bytes[(sizeof(uint) * i)..]);
        }

        Span<uint> midstate = stackalloc uint[Sha256Lanes.StateWords];
        Sha256Lanes.Compress(Sha256Lanes.InitialState, words[..Sha256Lanes.BlockWords], midstate);
        return new NonceJob(midstate, words[Sha256Lanes.BlockWords..]);
    }
}
