using Blockchain.Core.OpenNetwork;

namespace Blockchain.Cli.Oracle;

/// <summary>A payment that the oracle means to make.</summary>
/// <param name="From">The wallet that pays.</param>
/// <param name="To">The wallet that is paid.</param>
/// <param name="Amount">How much.</param>
internal sealed record PlannedPayment(int From, int To, Coins Amount);

/// <summary>Random payments that are valid: from a wallet that can pay, of an amount that it has.</summary>
/// <param name="seed">The same seed and the same balances give the same payments.</param>
internal sealed class OraclePlan(int seed)
{
    /// <summary>What a wallet must have to be asked to pay: a hundredth and what any fee may be.</summary>
    public static readonly Coins Least = new(Cent + SpareFee);

    private const long Cent = Coins.UnitsPerCoin / 100;
    private const long SpareFee = Coins.UnitsPerCoin / 100;
    private const int LargestShare = 4;
    private readonly Random _random = new(seed);

    /// <summary>How long to wait before the next payment.</summary>
    public TimeSpan Pause(TimeSpan shortest, TimeSpan longest) =>
        shortest + ((longest - shortest) * _random.NextDouble());

    /// <summary>The next payment.</summary>
    /// <param name="spendable">What each wallet can spend.</param>
    /// <returns>Null when no wallet can pay.</returns>
    public PlannedPayment? Next(IReadOnlyList<Coins> spendable)
    {
        int[] able = [.. Enumerable.Range(0, spendable.Count).Where(wallet => spendable[wallet] >= Least)];
        if (able.Length == 0 || spendable.Count < 2)
        {
            return null;
        }

        int from = able[_random.Next(able.Length)];
        int to = _random.Next(spendable.Count - 1);
        to += to >= from ? 1 : 0;
        long most = Math.Max(Cent, (spendable[from].Units - SpareFee) / LargestShare);
        long amount = _random.NextInt64(1, (most / Cent) + 1) * Cent;
        return new PlannedPayment(from, to, new Coins(amount));
    }
}
