using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>The double SHA-256 of a header: names the block, and shows its work as zeros at the start of its
/// text.</summary>
/// <param name="Value">The digest, in the order in which it was computed.</param>
public readonly record struct BlockHash(Bytes32 Value)
{
    /// <summary>What the first block of a chain names as its predecessor.</summary>
    public static readonly BlockHash Zero;

    /// <summary>64 lower-case hexadecimal digits, the last byte first, as Bitcoin prints hashes.</summary>
    public override string ToString() => Value.Reversed().ToString();

    /// <summary>The first eight digits behind the leading zeros: enough for people to tell two blocks apart.</summary>
    public string Short => ToString().TrimStart('0') is { Length: >= 8 } digits ? digits[..8] : ToString()[^8..];

    /// <summary>Reads 64 hexadecimal digits of either case, the last byte first.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out BlockHash hash)
    {
        bool read = Bytes32.TryParse(text, out Bytes32 reversed);
        hash = new BlockHash(reversed.Reversed());
        return read;
    }
}
