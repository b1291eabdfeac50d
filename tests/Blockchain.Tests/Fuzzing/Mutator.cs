using System.Buffers.Binary;

namespace Blockchain.Tests.Fuzzing;

/// <summary>Spoils valid inputs in the ways in which inputs are spoiled: by bits, by length, by pieces.</summary>
internal static class Mutator
{
    private const int MostChanges = 4;
    private const int LongRun = 3_000;

    private static readonly long[] Lengths =
        [0, 1, 2, 255, 256, 257, 4_096, 8_190, 8_191, 65_535, 1 << 20, int.MaxValue, 1L << 31, -1, long.MaxValue];

    private static readonly string[] Words =
    [
        "\0", "\ud800", "\udc00", "\ufeff", "\u0660", "e\u0301", "😀", "-", "+", ".", "..", ",", ":", ";", "#",
        "[", "]", "\"", "'", "\\", "/", "%", "@", " ", "\t", "\r\n", "0", "00", "1e9", "0x1", "NaN",
        "Infinity", "-Infinity", "9223372036854775808", "-1", "null", "{}", "[]", "\"\\ud800\"", "--",
        "--wait", "://", "http://", "::1", "ms", "last ", "all", "-----BEGIN ",
    ];

    public static byte[] Bytes(Random random, byte[] sample, byte[] other) =>
        Mutate(random, sample, other, static random => (byte)random.Next(256), ChangeByte);

    public static string Text(Random random, string sample, string other) => new(Mutate(
        random,
        sample.ToCharArray(),
        other.ToCharArray(),
        static random => (char)random.Next(32, 127),
        ChangeCharacter));

    private static T[] Mutate<T>(
        Random random, T[] sample, T[] other, Func<Random, T> draw, Func<Random, T[], int, T[]> change)
    {
        T[] value = [.. sample];
        for (int changes = random.Next(MostChanges + 1); changes > 0; changes--)
        {
            int at = random.Next(value.Length + 1);
            int length = random.Next(Math.Min(value.Length - at, 64) + 1);
            value = random.Next(8) switch
            {
                0 => value[..at],
                1 => [.. value[..at], .. value[(at + length)..]],
                2 => [.. value[..(at + length)], .. value[at..]],
                3 => [.. value[..at], .. other[Math.Min(at, other.Length)..]],
                4 => [.. value[..at], draw(random), .. value[at..]],
                5 when random.Next(50) == 0 =>
                    [.. value[..at], .. Enumerable.Repeat(draw(random), LongRun), .. value[at..]],
                _ => change(random, value, at),
            };
        }

        return value;
    }

    private static byte[] ChangeByte(Random random, byte[] bytes, int at)
    {
        if (at == bytes.Length)
        {
            return bytes;
        }

        int left = bytes.Length - at;
        long lie = Lengths[random.Next(Lengths.Length)];
        switch (random.Next(5))
        {
            case 0 when left >= 2:
                BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), (ushort)lie);
                break;
            case 1 when left >= 4:
                BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), (int)lie);
                break;
            case 2 when left >= 8:
                BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(at), lie);
                break;
            case 3:
                bytes[at] += (byte)(random.Next(2) == 0 ? 1 : 255);
                break;
            default:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
        }

        return bytes;
    }

    private static char[] ChangeCharacter(Random random, char[] text, int at)
    {
        string word = Words[random.Next(Words.Length)];
        bool over = random.Next(2) == 0;
        return [.. text[..at], .. word, .. text[Math.Min(text.Length, at + (over ? word.Length : 0))..]];
    }
}
