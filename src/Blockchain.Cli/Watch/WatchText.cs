using System.Globalization;
using Blockchain.Cli.Options;
using Blockchain.Wire.Http;
using Blockchain.Wire.Terminal;

namespace Blockchain.Cli.Watch;

/// <summary>What <c>watch</c> shows: one line per event, in columns that stay in place while lines arrive.</summary>
internal static class WatchText
{
    private const int HashDigits = 16;

    /// <summary>The names of the columns.</summary>
    public const string Heading = "time      event           height  hash              what";

    /// <summary>Which network is watched, and where it stands.</summary>
    public static string Banner(Uri node, NodeInfoDto info) => PlainText.Of(string.Create(
        CultureInfo.InvariantCulture,
        $"network {info.Name} at {node.GetLeftPart(UriPartial.Authority)}: height {info.Height}, "
            + $"tip {Short(info.Tip)}, {Count(info.Peers, "peer")}, {Count(info.Pending, "transaction")} waiting"));

    /// <summary>An event in one line.</summary>
    /// <param name="time">When it arrived here.</param>
    /// <param name="happened">The event.</param>
    public static string Line(DateTimeOffset time, NodeEventDto happened) => Row(
        time,
        happened.Event,
        happened.Height?.ToString(CultureInfo.InvariantCulture) ?? string.Empty,
        Short(happened.Hash ?? happened.Txid ?? string.Empty),
        What(happened));

    /// <summary>What a transaction does, in words.</summary>
    public static string Describe(TransactionDto transaction) => PlainText.Of(transaction.Kind switch
    {
        "coinbase" => $"{Amounts.Text(transaction.Value ?? 0)} to {Receivers(transaction)}",
        "payment" => $"{Amounts.Text(transaction.Value ?? 0)} to {Receivers(transaction)}, "
            + $"fee {Amounts.Text(transaction.Fee ?? 0)}",
        "message" => $"\"{transaction.Text}\"",
        "election" => $"election {transaction.Election}",
        "ballot" => $"{transaction.Voter} in {transaction.Election}: {transaction.Choice}",
        _ => string.Empty,
    });

    /// <summary>The first digits of a hash that tell it from others, behind the zeros that are its work.</summary>
    public static string Short(string hash)
    {
        int zeros = hash.Length - hash.TrimStart('0').Length;
        int from = Math.Max(0, Math.Min(zeros - 2, hash.Length - HashDigits));
        return from == 0 ? hash[..Math.Min(HashDigits, hash.Length)] : $"..{hash[(from + 2)..][..(HashDigits - 2)]}";
    }

    /// <summary>"1 block", "2 blocks".</summary>
    public static string Count(long number, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? string.Empty : "s")}");

    /// <summary>Anything else in the same columns.</summary>
    public static string Row(DateTimeOffset time, string name, string height, string hash, string what) =>
        PlainText.Of(string.Create(
            CultureInfo.InvariantCulture,
            $"{time:HH:mm:ss}  {name,-14}  {height,6}  {hash,-HashDigits}  {what}")).TrimEnd();

    /// <summary>What there is to say of an event beside its columns.</summary>
    public static string What(NodeEventDto happened) => happened.Event switch
    {
        "block" => $"{Count(happened.Transactions ?? 0, "transaction")}, reward {Amounts.Text(happened.Reward ?? 0)}",
        "fork" => "a block beside the best chain",
        "reorganization" => $"{Count(happened.Disconnected ?? 0, "block")} taken back and "
            + $"{happened.Connected ?? 0} added behind block {happened.CommonHeight}",
        "transaction" => happened.Kind ?? string.Empty,
        "refused" => happened.Reason ?? string.Empty,
        "returned" => "its block was left, so it waits for another",
        _ => string.Empty,
    };

    private static string Receivers(TransactionDto transaction) => transaction.Outputs is { Length: > 0 } outputs
        ? string.Join(", ", outputs.Select(output => output.Address).Distinct())
        : "nobody";
}
