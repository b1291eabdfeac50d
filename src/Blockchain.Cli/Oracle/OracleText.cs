using System.Globalization;
using Blockchain.Cli.Options;
using Blockchain.Cli.Wallet;
using Blockchain.Core.OpenNetwork;
using Blockchain.Wire.Terminal;

namespace Blockchain.Cli.Oracle;

/// <summary>What the oracle says: lines for people, or objects of JSON.</summary>
/// <param name="output">Takes it.</param>
/// <param name="asJson">Which of the two.</param>
internal sealed class OracleText(TextWriter output, bool asJson)
{
    /// <summary>Who it is and what it has.</summary>
    public void Started(string network, IReadOnlyList<Address> wallets)
    {
        Say(
            writer =>
            {
                writer.WriteString("event", "started");
                writer.WriteString("network", network);
                writer.WriteStartArray("wallets");
                foreach (Address wallet in wallets)
                {
                    writer.WriteStringValue(wallet.ToString());
                }

                writer.WriteEndArray();
            },
            [
                $"Starting up: Transaction Oracle on network {PlainText.Of(network)}",
                .. wallets.Select((wallet, i) => string.Create(CultureInfo.InvariantCulture, $"Wallet {i}: {wallet}")),
            ]);
    }

    /// <summary>No wallet can pay.</summary>
    public void Poor(Address first) => Say(
        writer =>
        {
            writer.WriteString("event", "waiting");
            writer.WriteString("address", first.ToString());
        },
        [$"No wallet has coins to spend yet. Mine or send some to wallet 0: {first}"]);

    /// <summary>What each wallet has.</summary>
    public void Balances(IReadOnlyList<Coins> balances) => Say(
        writer =>
        {
            writer.WriteString("event", "balances");
            writer.WriteStartArray("balances");
            foreach (Coins balance in balances)
            {
                writer.WriteRawValue(balance.ToString());
            }

            writer.WriteEndArray();
        },
        [$"Wallet balances: {string.Join(", ", balances.Select(balance => balance.ToString()))}"]);

    /// <summary>A payment is about to be made.</summary>
    public void Generating()
    {
        if (!asJson)
        {
            Say(_ => { }, [string.Empty, "Generating new transaction..."]);
        }
    }

    /// <summary>A payment was taken by the node.</summary>
    public void Sent(PlannedPayment payment, Transaction.Payment transaction, string txid) => Say(
        writer =>
        {
            writer.WriteString("event", "sent");
            writer.WriteString("txid", txid);
            writer.WriteNumber("from", payment.From);
            writer.WriteNumber("to", payment.To);
            writer.WriteCoins("amount", payment.Amount);
            writer.WriteCoins("fee", transaction.Fee);
        },
        [
            $"Sending from wallet {payment.From} to {payment.To}: {payment.Amount}",
            $"Transaction {txid}, fee {Amounts.Text(transaction.Fee)}; waiting for a block",
        ]);

    /// <summary>A payment is in a block.</summary>
    public void Confirmed(string txid, int height) => Say(
        writer =>
        {
            writer.WriteString("event", "confirmed");
            writer.WriteString("txid", txid);
            writer.WriteNumber("height", height);
        },
        [string.Create(CultureInfo.InvariantCulture, $"Confirmed in block {height}")]);

    /// <summary>A payment did not get into a block.</summary>
    public void Failed(string? txid, string reason) => Say(
        writer =>
        {
            writer.WriteString("event", "failed");
            writer.WriteString("txid", txid);
            writer.WriteString("reason", reason);
        },
        [PlainText.Of($"Not paid: {reason}")]);

    private void Say(Action<System.Text.Json.Utf8JsonWriter> json, IEnumerable<string> lines)
    {
        foreach (string line in asJson ? [JsonLine.Of(json)] : lines)
        {
            output.WriteLine(line);
        }

        output.Flush();
    }
}
