using System.Globalization;
using Blockchain.Wire.Http;
using Blockchain.Wire.Terminal;

namespace Blockchain.Cli.Demo;

/// <summary>What the demonstration shows.</summary>
internal static class DemoText
{
    private const int HashDigits = 8;

    /// <summary>What a person can do next.</summary>
    public const string ThreeThings = """

        The prompt of client 1 is yours. Three things to try:
          t 2 3.50 lunch    pay client 2; the outcome appears above the line you type
          print chain       the chain that every client holds
          help              all commands; q ends the demonstration
        """;

    /// <summary>The transfers in the order that was agreed, a line each.</summary>
    public static IEnumerable<string> Outcomes(IEnumerable<TransferAnswer> transfers) => transfers
        .OrderBy(transfer => transfer.Index)
        .Select(transfer => string.Create(
            CultureInfo.InvariantCulture,
            $"  {$"({transfer.Clock},{transfer.Client})",-8}client {transfer.From} pays {transfer.Amount,5} "
                + $"to {transfer.To}   {$"{transfer.Status} {transfer.Reason}".TrimEnd()}   block {transfer.Index}"));

    /// <summary>The accounts as a table.</summary>
    public static IEnumerable<string> Accounts(BalancesAnswer balances)
    {
        TextTable table = new(">client", "name", ">balance");
        foreach (BalanceLine account in balances.Accounts)
        {
            table.Add(account.Id.ToString(CultureInfo.InvariantCulture), account.Name, account.Balance);
        }

        table.Add(string.Empty, "total", balances.Total);
        return table.Lines().Select(Indent);
    }

    /// <summary>A chain as a table.</summary>
    public static IEnumerable<string> Chain(IEnumerable<BlockDto> blocks)
    {
        TextTable table = new(">block", "key", "kind", ">from", ">to", ">amount", "status", "previous", "hash");
        foreach (BlockDto block in blocks)
        {
            table.Add(
                Number(block.Index),
                block.Seq == 0 ? $"({block.Clock},{block.Client})" : $"({block.Clock},{block.Client})#{block.Seq}",
                block.Kind,
                Number(block.From),
                Number(block.To ?? block.Account),
                block.Amount ?? string.Empty,
                Status(block),
                block.PreviousHash[..HashDigits],
                block.Hash[..HashDigits]);
        }

        return table.Lines().Select(Indent);
    }

    private static string Status(BlockDto block) => block.Kind switch
    {
        "VIEW" => block.Members is { Length: > 0 } members ? $"members {string.Join(' ', members)}" : "no members",
        "OPEN" => block.Name ?? string.Empty,
        _ => block.Status ?? string.Empty,
    };

    private static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? string.Empty;

    private static string Indent(string line) => "  " + line;
}
