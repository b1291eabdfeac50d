using Blockchain.Core.OpenNetwork;

namespace Blockchain.Cli.Wallet;

/// <summary>An output that can be spent.</summary>
/// <param name="Source">Its name.</param>
/// <param name="Value">What it holds.</param>
internal readonly record struct Coin(OutPoint Source, Coins Value);

/// <summary>Why there is nothing to pay with.</summary>
internal enum SelectionFault
{
    /// <summary>There is.</summary>
    None,

    /// <summary>All coins together are worth less than the amount and the fee.</summary>
    Insufficient,

    /// <summary>They are worth enough, and one payment cannot spend so many.</summary>
    TooManyCoins,
}

/// <summary>What a fee is made from: a fixed amount, or so much for each byte of the payment.</summary>
/// <param name="Fixed">The amount that the user chose; null for the rate.</param>
internal readonly record struct FeeRule(Coins? Fixed)
{
    /// <summary>Units of 10^-8 coin for each byte, when the user does not choose a fee. Blocks are filled by fee per
    /// byte, so a payment with more inputs pays more.</summary>
    public const long UnitsPerByte = 10;

    /// <summary>The fee of a payment.</summary>
    public Coins Of(int inputs, int outputs) => Fixed ?? new Coins(UnitsPerByte * Sizes.Payment(inputs, outputs));
}

/// <summary>Which coins pay, what the miner gets and what comes back.</summary>
/// <param name="Coins">The coins, the largest first.</param>
/// <param name="Fee">What is left to the miner.</param>
/// <param name="Change">What comes back to the payer; zero for none.</param>
internal sealed record Selection(IReadOnlyList<Coin> Coins, Coins Fee, Coins Change)
{
    /// <summary>
    /// Chooses coins: the smallest one that is enough alone, so that large ones stay whole; else the largest ones
    /// together, so that few are spent.
    /// </summary>
    /// <param name="coins">What can be spent.</param>
    /// <param name="amount">What is to arrive.</param>
    /// <param name="fee">What the miner gets.</param>
    /// <param name="selection">The choice; null unless the result is none.</param>
    public static SelectionFault TryMake(
        IReadOnlyCollection<Coin> coins, Coins amount, FeeRule fee, out Selection? selection)
    {
        // Outputs of equal worth have an order too, so that the same coins give the same payment.
        Coin[] sorted =
        [
            .. coins.OrderByDescending(coin => coin.Value)
                .ThenBy(coin => coin.Source.ToString(), StringComparer.Ordinal),
        ];
        for (int i = sorted.Length - 1; i >= 0; i--)
        {
            if (Cover([sorted[i]], amount, fee) is { } single)
            {
                selection = single;
                return SelectionFault.None;
            }
        }

        int most = Math.Min(sorted.Length, OpenLimits.Inputs);
        for (int count = 2; count <= most; count++)
        {
            if (Cover(sorted.AsSpan(0, count), amount, fee) is { } several)
            {
                selection = several;
                return SelectionFault.None;
            }
        }

        selection = null;
        return Sum(sorted) >= amount + fee.Of(sorted.Length, 1)
            ? SelectionFault.TooManyCoins
            : SelectionFault.Insufficient;
    }

    private static Selection? Cover(ReadOnlySpan<Coin> coins, Coins amount, FeeRule rule)
    {
        Coins sum = Sum(coins);
        Coins needed = amount + rule.Of(coins.Length, 1);
        if (sum < needed)
        {
            return null;
        }

        // An output for the change makes the payment longer. What does not pay for its own output goes to the miner.
        Coins fee = rule.Of(coins.Length, 2);
        return sum > amount + fee
            ? new Selection(coins.ToArray(), fee, sum - amount - fee)
            : new Selection(coins.ToArray(), sum - amount, Core.OpenNetwork.Coins.Zero);
    }

    private static Coins Sum(ReadOnlySpan<Coin> coins)
    {
        Coins sum = Core.OpenNetwork.Coins.Zero;
        foreach (Coin coin in coins)
        {
            sum += coin.Value;
        }

        return sum;
    }
}

/// <summary>Bytes of a payment before it is made (FORMAT-OPEN.md, "Transactions").</summary>
internal static class Sizes
{
    private const int Fixed = 1 + 2 + 2 + 8;
    private const int Input = 32 + 4 + Ed25519Key.Size + Ed25519Signature.Size;
    private const int Output = Address.Size + 8;

    /// <summary>Bytes of a payment with so many inputs and outputs.</summary>
    public static int Payment(int inputs, int outputs) => Fixed + (inputs * Input) + (outputs * Output);
}
