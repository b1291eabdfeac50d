using System.Globalization;
using System.Text.RegularExpressions;

namespace Blockchain.Tests.Fuzzing;

/// <summary>
/// Runs a target on what its seeds make. <c>BLOCKCHAIN_FUZZ_FACTOR</c> multiplies the cases,
/// <c>BLOCKCHAIN_FUZZ_SEED</c> is the first seed: what a failure prints, to see it again at once.
/// <c>BLOCKCHAIN_FUZZ_KEEP=1</c> puts the input that failed into the corpus.
/// </summary>
internal static partial class FuzzRun
{
    private const int FirstSeed = 1;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static void Seeds(FuzzTarget target)
    {
        int first = Read("BLOCKCHAIN_FUZZ_SEED", FirstSeed);
        int cases = checked(target.Cases * Read("BLOCKCHAIN_FUZZ_FACTOR", 1));
        int taken = 0;
        int at = first;
        Task running = Task.Run(() =>
        {
            for (; at - first < cases; at++)
            {
                taken += Judge(target, target.Make(at), $"seed {at}") ? 1 : 0;
            }
        });
        for (int last = first - 1; !running.Wait(Patience); last = Volatile.Read(ref at))
        {
            Volatile.Read(ref at).Should().NotBe(last, "{0} must come to an end; this seed hangs", target.Name);
        }

        if (first == FirstSeed && !target.NeverTakes)
        {
            taken.Should().BeInRange(1, cases - 1, "both ways must have been tried of {0}", target.Name);
        }
    }

    public static void Corpus(FuzzTarget target)
    {
        string[] files = [.. Repository.Files(FolderOf(target.Name))];
        files.Should().NotBeEmpty("every decoder has inputs that were nasty once");
        foreach (string file in files)
        {
            string path = Repository.PathOf(file);
            byte[] input = target.IsText
                ? FuzzTarget.ToBytes(Unescape(File.ReadAllText(path)))
                : File.ReadAllBytes(path);
            Task.Run(() => Judge(target, input, file)).Wait(Patience).Should().BeTrue("{0} must come to an end", file);
        }
    }

    public static string FolderOf(string name) => $"tests/Blockchain.Tests/Fuzzing/corpus/{name}";

    private static bool Judge(FuzzTarget target, byte[] input, string origin)
    {
        try
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            bool taken = target.Takes(input);
            (GC.GetAllocatedBytesForCurrentThread() - before).Should()
                .BeLessThan(target.MostMemory, "memory is bounded");
            return taken;
        }
        catch (Exception fault)
        {
            string shown = target.IsText ? Escape(FuzzTarget.ToText(input)) : Convert.ToHexStringLower(input);
            Keep(target, shown, input, origin);
            throw new InvalidOperationException(
                $"{target.Name}, {origin}: {fault.GetType().Name}: {fault.Message}\ninput: {shown}", fault);
        }
    }

    private static void Keep(FuzzTarget target, string shown, byte[] input, string origin)
    {
        if (Read("BLOCKCHAIN_FUZZ_KEEP", 0) == 1 && !origin.Contains('/', StringComparison.Ordinal))
        {
            string folder = Directory.CreateDirectory(Repository.PathOf(FolderOf(target.Name))).FullName;
            string path = Path.Combine(folder, origin.Replace(' ', '-') + (target.IsText ? ".txt" : ".bin"));
            File.WriteAllBytes(path, target.IsText ? System.Text.Encoding.ASCII.GetBytes(shown) : input);
        }
    }

    private static int Read(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture)
            : otherwise;

    // What an editor would lose, or a decoder of UTF-8 refuse, stands as \u and four digits.
    private static string Escape(string text) => string.Concat(text.Select(
        c => c is >= ' ' and <= '~' and not '\\' ? c.ToString() : $"\\u{(int)c:x4}"));

    private static string Unescape(string text) => Escaped().Replace(
        text, match => ((char)Convert.ToUInt16(match.Groups[1].Value, 16)).ToString());

    [GeneratedRegex("\\\\u([0-9a-fA-F]{4})")]
    private static partial Regex Escaped();
}
