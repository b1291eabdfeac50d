using System.Text.Json;

namespace Blockchain.IntegrationTests.Faults;

/// <summary>What a client told its user about a transfer: done, and where it stands.</summary>
/// <param name="Txid">Id of the transfer.</param>
/// <param name="From">The paying account.</param>
/// <param name="To">The account paid.</param>
/// <param name="Amount">Two decimals.</param>
/// <param name="Status">SUCCESS or ABORT.</param>
/// <param name="Index">Index of the block.</param>
/// <param name="Hash">Hash of the block.</param>
public sealed record Acknowledged(
    string Txid, int From, int To, string Amount, string Status, long Index, string Hash)
{
    /// <summary>Reads a line of <c>client --json</c>.</summary>
    /// <returns>Null for a line that acknowledges no transfer.</returns>
    public static Acknowledged? Parse(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        return root.TryGetProperty("txid", out JsonElement txid)
            ? new Acknowledged(
                txid.GetString()!, root.GetProperty("from").GetInt32(), root.GetProperty("to").GetInt32(),
                root.GetProperty("amount").GetString()!, root.GetProperty("status").GetString()!,
                root.GetProperty("index").GetInt64(), root.GetProperty("hash").GetString()!)
            : null;
    }
}
