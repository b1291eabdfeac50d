using System.Buffers;
using System.Buffers.Binary;
using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>Why a text is no address.</summary>
public enum AddressFault
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>It does not start with 0x.</summary>
    NoPrefix,

    /// <summary>It does not have 48 digits behind 0x.</summary>
    WrongLength,

    /// <summary>Something behind 0x is no hexadecimal digit.</summary>
    NotHexadecimal,

    /// <summary>The last eight digits do not fit the others: a digit is wrong, or two are swapped.</summary>
    WrongChecksum,
}

/// <summary>Where coins are sent: the first 20 bytes of the double SHA-256 of the owner's key. The key itself is shown
/// only when coins are spent.</summary>
public readonly record struct Address : IComparable<Address>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 20;

    /// <summary>Characters of the text: 0x, 40 digits, 8 digits of checksum.</summary>
    public const int TextLength = 2 + (2 * Size) + (2 * ChecksumSize);

    private const int ChecksumSize = 4;
    private readonly ulong _a;
    private readonly ulong _b;
    private readonly uint _c;

    /// <summary>Copies exactly 20 bytes.</summary>
    /// <exception cref="ArgumentException">The length is not 20.</exception>
    public Address(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"{Size} bytes are needed, not {bytes.Length}.", nameof(bytes));
        }

        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _c = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
    }

    /// <summary>The address of who holds this key.</summary>
    public static Address Of(Ed25519Key key)
    {
        Span<byte> bytes = stackalloc byte[Ed25519Key.Size];
        key.Value.CopyTo(bytes);
        Hash256.Of(bytes).CopyTo(bytes);
        return new Address(bytes[..Size]);
    }

    /// <summary>Writes the 20 bytes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], _c);
    }

    /// <summary>By the bytes, so that equal balances have an order.</summary>
    public int CompareTo(Address other)
    {
        int byA = _a.CompareTo(other._a);
        int byB = byA != 0 ? byA : _b.CompareTo(other._b);
        return byB != 0 ? byB : _c.CompareTo(other._c);
    }

    /// <summary>Reads an address; digits of either case.</summary>
    /// <returns><see cref="AddressFault.None"/> and the address, or what is wrong with the text.</returns>
    public static AddressFault Parse(ReadOnlySpan<char> text, out Address address)
    {
        address = default;
        text = text.Trim();
        if (!text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return AddressFault.NoPrefix;
        }

        Span<byte> bytes = stackalloc byte[Size + ChecksumSize];
        if (text.Length != TextLength)
        {
            return AddressFault.WrongLength;
        }

        if (Convert.FromHexString(text[2..], bytes, out _, out _) != OperationStatus.Done)
        {
            return AddressFault.NotHexadecimal;
        }

        Span<byte> checksum = stackalloc byte[Hash.Size];
        Hash256.Of(bytes[..Size]).CopyTo(checksum);
        if (!checksum[..ChecksumSize].SequenceEqual(bytes[Size..]))
        {
            return AddressFault.WrongChecksum;
        }

        address = new Address(bytes[..Size]);
        return AddressFault.None;
    }

    /// <summary>Whether the text is an address.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Address address) =>
        Parse(text, out address) == AddressFault.None;

    /// <summary>The sentence a person reads when <see cref="Parse"/> refuses.</summary>
    public static string Describe(AddressFault fault) => fault switch
    {
        AddressFault.NoPrefix => "an address starts with 0x",
        AddressFault.WrongLength => $"an address has {TextLength} characters: 0x and 48 hexadecimal digits",
        AddressFault.NotHexadecimal => "an address has only hexadecimal digits behind 0x",
        AddressFault.WrongChecksum => "the address has a typing error: its last eight digits do not fit the others",
        _ => "the address is fine",
    };

    /// <summary>0x, 40 digits and 8 digits of checksum (the first 4 bytes of the double SHA-256 of the 20), lower
    /// case.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size + Hash.Size];
        CopyTo(bytes);
        Hash256.Of(bytes[..Size]).CopyTo(bytes[Size..]);
        return "0x" + Convert.ToHexStringLower(bytes[..(Size + ChecksumSize)]);
    }
}
