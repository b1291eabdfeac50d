using System.Globalization;

namespace Blockchain.Wire.Http;

/// <summary>Says in words of this program what is wrong with the page that a question asks for.</summary>
public static class PageQuery
{
    /// <summary>What 'from' must be.</summary>
    public const string FromRule = "'from' must be a whole number from 0";

    /// <summary>What 'limit' must be.</summary>
    public const string LimitRule = "'limit' must be a whole number";

    /// <summary>The rule that the question breaks; null when both values are numbers or missing.</summary>
    /// <param name="from">Value of 'from', null when it is missing.</param>
    /// <param name="limit">Value of 'limit', null when it is missing.</param>
    public static string? Explain(string? from, string? limit)
    {
        if (from is not null && !long.TryParse(from, NumberStyles.Integer, CultureInfo.InvariantCulture, out _))
        {
            return FromRule;
        }

        return limit is not null && !int.TryParse(limit, NumberStyles.Integer, CultureInfo.InvariantCulture, out _)
            ? LimitRule
            : null;
    }
}
