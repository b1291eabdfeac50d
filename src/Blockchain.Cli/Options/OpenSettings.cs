using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Cli.Options;

/// <summary>Settings that the applications of the open network share.</summary>
public static class OpenSettings
{
    /// <summary>Where a node listens that was told nothing else.</summary>
    public const string DefaultNode = "http://127.0.0.1:8100";

    /// <summary>The name of a wallet that was given none.</summary>
    public const string DefaultWallet = "default";

    /// <summary>The node that is asked.</summary>
    public static Setting<Uri> Node() =>
        new("--node", "Address of a node.", "URL", DefaultNode, ReadUrl);

    /// <summary>Confirmations that are waited for.</summary>
    public static Setting<int> Confirmations() => new(
        "--confirmations", "Blocks that a transaction must be deep to count as confirmed, 1 to 1000.", "N", "1",
        Texts.Number(1, 1_000));

    /// <summary>The longest wait for confirmations.</summary>
    public static Setting<TimeSpan> Patience() => new(
        "--patience", "The longest wait for confirmations.", "DURATION", "10m", Texts.PositiveDuration);

    /// <summary>A fee.</summary>
    public static Setting<Coins?> Fee() => new(
        "--fee", "What the miner gets; without it a small amount for each byte.", "AMOUNT", null,
        text => ReadFee(text));

    /// <summary>"http://127.0.0.1:8100"; the scheme may be left out.</summary>
    public static Uri ReadUrl(string text)
    {
        string full = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";
        return Uri.TryCreate(full, UriKind.Absolute, out Uri? url)
            && url.Scheme is "http" or "https"
            && url.PathAndQuery == "/"
            ? url
            : throw new FormatException($"the address of a node is http://HOST:PORT, for example {DefaultNode}");
    }

    /// <summary>An amount that is paid.</summary>
    public static Coins ReadAmount(string text) => Coins.Parse(text, out Coins amount) is var fault
        && fault == AmountFault.None
        ? amount
        : throw new FormatException(Coins.Describe(fault));

    /// <summary>A range of durations: "3s..10s", or one.</summary>
    public static (TimeSpan From, TimeSpan To) ReadInterval(string text)
    {
        string[] ends = text.Split("..", 2);
        TimeSpan from = Texts.Duration(ends[0]);
        TimeSpan to = Texts.Duration(ends[^1]);
        return from <= to
            ? (from, to)
            : throw new FormatException("an interval is written 3s..10s, the shorter first");
    }

    private static Coins ReadFee(string text)
    {
        AmountFault fault = Coins.Parse(text, out Coins fee);
        bool isZero = fault == AmountFault.NotPositive && !text.TrimStart().StartsWith('-');
        return fault switch
        {
            AmountFault.None => fee,
            AmountFault.NotPositive when isZero => Coins.Zero,
            AmountFault.NotPositive => throw new FormatException("a fee is 0 or more"),
            _ => throw new FormatException(Coins.Describe(fault)),
        };
    }
}
