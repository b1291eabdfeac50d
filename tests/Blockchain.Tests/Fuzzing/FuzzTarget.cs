using System.Text;

namespace Blockchain.Tests.Fuzzing;

/// <summary>
/// A decoder or parser, and what must hold of it. An input is bytes; that of a parser of text is UTF-16.
/// </summary>
/// <param name="Name">Also the folder of its corpus.</param>
/// <param name="Cases">How many inputs a run of the tests makes.</param>
/// <param name="Samples">Inputs that are taken.</param>
/// <param name="Takes">Whether the input is taken. Refuses only as the decoder documents: anything else that is thrown
/// is a find, and so is a failed assertion about what was taken.</param>
internal sealed record FuzzTarget(string Name, int Cases, IReadOnlyList<byte[]> Samples, Func<byte[], bool> Takes)
{
    /// <summary>Makes checksums and hashes right again, so that what stands behind them is reached.</summary>
    public Action<byte[]>? Repair { get; init; }

    public bool IsText { get; init; }

    /// <summary>Only the holder of a key could make an input that is taken.</summary>
    public bool NeverTakes { get; init; }

    /// <summary>What the documentation of the decoder says it allocates at most, generously, in bytes.</summary>
    public long MostMemory { get; init; } = 32L << 20;

    public static FuzzTarget OfText(string name, int cases, IReadOnlyList<string> samples, Func<string, bool> takes) =>
        new(name, cases, [.. samples.Select(ToBytes)], bytes => takes(ToText(bytes))) { IsText = true };

    public byte[] Make(int seed)
    {
        Random random = new(seed);
        byte[] sample = Samples[random.Next(Samples.Count)];
        byte[] other = Samples[random.Next(Samples.Count)];
        if (IsText)
        {
            return ToBytes(Mutator.Text(random, ToText(sample), ToText(other)));
        }

        byte[] bytes = Mutator.Bytes(random, sample, other);
        if (random.Next(8) != 0)
        {
            Repair?.Invoke(bytes);
        }

        return bytes;
    }

    public static byte[] ToBytes(string text) => Encoding.Unicode.GetBytes(text) is var bytes
        && Encoding.Unicode.GetString(bytes) == text
            ? bytes
            : [.. text.SelectMany(c => new[] { (byte)c, (byte)(c >> 8) })];

    public static string ToText(byte[] bytes) =>
        new([.. bytes.Chunk(2).Where(pair => pair.Length == 2).Select(pair => (char)(pair[0] | (pair[1] << 8)))]);
}
