using System.Globalization;
using System.Text;
using Blockchain.Wire.Http;
using Blockchain.Wire.Terminal;

namespace Blockchain.Cli.Watch;

/// <summary>The readable chain: each block with its header and its transactions.</summary>
internal static class ChainText
{
    private const int Width = 80;
    private const int ShownHash = 20;

    /// <summary>The chain as text.</summary>
    public static string Describe(ChainView view)
    {
        StringBuilder text = new();
        text.AppendLine(new string('-', Width));
        text.AppendLine("Blockchain");
        string valid = view.Fault is null ? "True" : $"False ({view.Fault})";
        text.AppendLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Blocks: {view.Blocks} | Total Txns: {view.Transactions} | Valid: {valid}"));
        foreach (NodeBlockDto block in view.Last)
        {
            text.AppendLine();
            Append(text, block);
        }

        return PlainText.Of(text.ToString().ReplaceLineEndings("\n")).TrimEnd('\n');
    }

    private static void Append(StringBuilder text, NodeBlockDto block)
    {
        HeaderDto header = block.Header;
        DateTimeOffset time = DateTimeOffset.FromUnixTimeSeconds(header.Time);
        text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"Block {header.Height} Header:"));
        text.AppendLine("{");
        text.AppendLine($"    \"merkle_root\": \"{Shown(header.MerkleRoot)}\",");
        text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"    \"nonce\": {header.Nonce},"));
        text.AppendLine($"    \"bits\": \"{header.Bits}\",");
        text.AppendLine($"    \"previous_hash\": \"{Shown(header.PreviousHash)}\",");
        text.AppendLine($"    \"this_hash\": \"{Shown(header.Hash)}\",");
        text.AppendLine(string.Create(
            CultureInfo.InvariantCulture, $"    \"timestamp\": \"{time:yyyy-MM-dd HH:mm:ss}Z\""));
        text.AppendLine("}");
        text.AppendLine("Txns Hashes:");
        foreach (TransactionDto transaction in block.Transactions ?? [])
        {
            text.AppendLine(
                $" -> {Shown(transaction.Txid)}  {transaction.Kind} {WatchText.Describe(transaction)}".TrimEnd());
        }
    }

    private static string Shown(string hash) => hash.Length > ShownHash ? $"{hash[..ShownHash]}..." : hash;
}
