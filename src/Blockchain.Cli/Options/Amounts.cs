using System.Globalization;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Cli.Options;

/// <summary>Amounts of the open network as text.</summary>
public static class Amounts
{
    /// <summary>At least two decimals, so that columns look alike, and at most the eight that there are.</summary>
    public static string Text(decimal amount) => amount.ToString("0.00######", CultureInfo.InvariantCulture);

    /// <summary>The same of an amount of the core.</summary>
    public static string Text(Coins amount) => Text((decimal)amount.Units / Coins.UnitsPerCoin);
}
