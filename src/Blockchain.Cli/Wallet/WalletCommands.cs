using System.Globalization;
using System.Text.Json;
using Blockchain.Cli.Options;
using Blockchain.Core.OpenNetwork;
using Blockchain.Wire.Http;
using Blockchain.Wire.Terminal;

namespace Blockchain.Cli.Wallet;

/// <summary>What a payment is made with.</summary>
/// <param name="To">An address, or the name of a wallet on this machine.</param>
/// <param name="Amount">How much arrives.</param>
/// <param name="Fee">What the miner gets; null for the usual.</param>
/// <param name="Depth">Confirmations to wait for; 0 for none.</param>
/// <param name="Patience">The longest wait.</param>
internal sealed record SendOrder(string To, Coins Amount, Coins? Fee, int Depth, TimeSpan Patience);

/// <summary>The commands of one wallet.</summary>
/// <param name="folder">The keys.</param>
/// <param name="name">Name of the wallet.</param>
/// <param name="output">Takes the answers.</param>
/// <param name="asJson">Whether an answer is an object of JSON.</param>
internal sealed class WalletCommands(KeyFolder folder, string name, TextWriter output, bool asJson)
{
    /// <summary>Makes the wallet.</summary>
    /// <param name="passphrases">Gives the passphrase of the new key; null leaves it plain.</param>
    public int New(PassphraseSource? passphrases)
    {
        folder.EnsureFree(name);
        string? passphrase = passphrases?.Choose($"wallet {name}");
        OwnerKey key = OwnerKeys.AddNew(folder, name, passphrase);
        string path = folder.PathOf(name);
        Answer(
            writer =>
            {
                writer.WriteString("wallet", name);
                writer.WriteString("address", key.Address.ToString());
                writer.WriteString("public_key", key.PublicKey.ToString());
                writer.WriteBoolean("sealed", passphrase is not null);
                writer.WriteString("file", path);
            },
            $"wallet {name}: {key.Address}",
            $"  {path}, {(passphrase is null ? "plain: whoever reads it can spend" : "sealed with the passphrase")}");
        return ExitCode.Done;
    }

    /// <summary>Says where the wallet is paid.</summary>
    public int ShowAddress()
    {
        Address address = AddressOf(name);
        Answer(
            writer =>
            {
                writer.WriteString("wallet", name);
                writer.WriteString("address", address.ToString());
            },
            address.ToString());
        return ExitCode.Done;
    }

    /// <summary>Says what the wallet has.</summary>
    public async Task<int> BalanceAsync(INodeApi node, CancellationToken cancellation)
    {
        Address address = AddressOf(name);
        AddressDto found = await node.GetAddressAsync(address.ToString(), 0, 1, cancellation);
        Answer(
            writer =>
            {
                writer.WriteString("wallet", name);
                writer.WriteString("address", address.ToString());
                writer.WriteCoins("balance", found.Balance);
                writer.WriteCoins("spendable", found.Spendable);
            },
            $"wallet {name}: {address}",
            $"  balance    {Amounts.Text(found.Balance)}",
            $"  spendable  {Amounts.Text(found.Spendable)}");
        return ExitCode.Done;
    }

    /// <summary>Lists what happened to the wallet.</summary>
    /// <param name="node">The node that is asked.</param>
    /// <param name="last">At most so many entries, the latest.</param>
    /// <param name="cancellation">Ends the command.</param>
    public async Task<int> HistoryAsync(INodeApi node, int last, CancellationToken cancellation)
    {
        const int PageSize = 500;
        string address = AddressOf(name).ToString();
        Queue<AddressEntryDto> entries = [];
        int? from = 0;
        while (from is { } start)
        {
            AddressDto page = await node.GetAddressAsync(address, start, PageSize, cancellation);
            foreach (AddressEntryDto entry in page.Entries)
            {
                entries.Enqueue(entry);
                if (entries.Count > last)
                {
                    entries.Dequeue();
                }
            }

            from = page.Next > start ? page.Next : null;
        }

        WriteLines(asJson ? entries.Select(EntryJson) : EntryTable(entries));
        return ExitCode.Done;
    }

    /// <summary>Pays.</summary>
    /// <exception cref="CliException">There is not enough, or the receiver is none.</exception>
    public async Task<int> SendAsync(
        INodeApi node, SendOrder order, PassphraseSource passphrases, CancellationToken cancellation)
    {
        Address to = ReceiverOf(order.To);
        KeyFile file = folder.Read(name);
        Address own = Address.Of(new Ed25519Key(file.PublicKey));
        BlockHash network = await node.GetNetworkAsync(cancellation);
        IReadOnlyList<Coin> coins = await node.GetCoinsAsync(own, cancellation);
        FeeRule rule = new(order.Fee);
        if (Selection.TryMake(coins, order.Amount, rule, out Selection? selection) is var fault
            && fault != SelectionFault.None)
        {
            throw await RefuseAsync(node, own, coins, order.Amount + rule.Of(Math.Max(1, coins.Count), 1), fault);
        }

        OwnerKey owner = OwnerKeys.Open(folder, name, passphrases);
        Transaction.Payment payment = PaymentMaker.Make(selection!, to, order.Amount, owner, network);
        string txid = await node.SubmitAsync(payment, cancellation);
        Answer(
            writer => WriteSent(writer, txid, to, order.Amount, selection!),
            $"sent {Text(order.Amount)} to {to}",
            $"  fee {Text(selection!.Fee)}, change {Text(selection.Change)}, transaction {txid}");
        return order.Depth == 0 ? ExitCode.Done : await WaitAsync(node, txid, order, cancellation);
    }

    private async Task<int> WaitAsync(INodeApi node, string txid, SendOrder order, CancellationToken cancellation)
    {
        Confirmation confirmation = new(node, TimeProvider.System);
        TransactionStatusDto status =
            await confirmation.WaitAsync(txid, order.Depth, order.Patience, cancellation)
            ?? throw new CliException(
                ExitCode.Failed,
                $"the node has dropped transaction {txid}: another payment spent the same coins. Look at the balance.");
        Answer(
            writer =>
            {
                writer.WriteString("event", "confirmed");
                writer.WriteString("txid", txid);
                writer.WriteNumber("height", status.Height ?? 0);
                writer.WriteNumber("confirmations", status.Confirmations);
            },
            string.Create(
                CultureInfo.InvariantCulture,
                $"confirmed in block {status.Height}, {status.Confirmations} deep"));
        return ExitCode.Done;
    }

    private static async Task<CliException> RefuseAsync(
        INodeApi node, Address own, IReadOnlyList<Coin> coins, Coins needed, SelectionFault fault)
    {
        if (fault == SelectionFault.TooManyCoins)
        {
            return new CliException(
                ExitCode.Failed,
                $"one payment spends at most {OpenLimits.Inputs} coins, and the wallet has {coins.Count} small ones. "
                    + "Send a smaller amount, for example to its own address first.");
        }

        AddressDto all = await node.GetAddressAsync(own.ToString(), 0, 1, CancellationToken.None);
        Coins spendable = coins.Aggregate(Coins.Zero, (sum, coin) => sum + coin.Value);
        Coins balance = NodeAccess.ToCoins(all.Balance);
        string rest = balance > spendable
            ? $" {Text(balance - spendable)} more cannot be spent yet: rewards ripen, and payments wait for a block."
            : " Send less, or wait for a payment.";
        return new CliException(
            ExitCode.Failed,
            $"the wallet can spend {Text(spendable)}, and {Text(needed)} are needed with the fee.{rest}");
    }

    private Address ReceiverOf(string text)
    {
        bool isName = !text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (isName && folder.Names().Contains(text))
        {
            return AddressOf(text);
        }

        string unknown = isName ? "no wallet of this machine has this name, and " : string.Empty;
        AddressFault fault = Address.Parse(text, out Address address);
        return fault == AddressFault.None
            ? address
            : throw new CliException(
                ExitCode.Usage,
                $"'{PlainText.Of(text)}' is no receiver: {unknown}{Address.Describe(fault)}.");
    }

    private Address AddressOf(string wallet) => Address.Of(new Ed25519Key(folder.Read(wallet).PublicKey));

    private void Answer(Action<Utf8JsonWriter> json, params IEnumerable<string> lines) =>
        WriteLines(asJson ? [JsonLine.Of(json)] : lines);

    private void WriteLines(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            output.WriteLine(line);
        }

        output.Flush();
    }

    private static string EntryJson(AddressEntryDto entry) => JsonLine.Of(writer =>
    {
        writer.WriteNumber("height", entry.Height);
        writer.WriteCoins("received", entry.Received);
        writer.WriteCoins("sent", entry.Sent);
        writer.WriteString("txid", entry.Txid);
    });

    private static IEnumerable<string> EntryTable(IEnumerable<AddressEntryDto> entries)
    {
        TextTable table = new(">block", ">received", ">sent", "transaction");
        foreach (AddressEntryDto entry in entries)
        {
            table.Add(
                entry.Height.ToString(CultureInfo.InvariantCulture),
                entry.Received == 0 ? string.Empty : Amounts.Text(entry.Received),
                entry.Sent == 0 ? string.Empty : Amounts.Text(entry.Sent),
                PlainText.Of(entry.Txid));
        }

        return table.Lines();
    }

    private static void WriteSent(
        Utf8JsonWriter writer, string txid, Address to, Coins amount, Selection selection)
    {
        writer.WriteString("event", "sent");
        writer.WriteString("txid", txid);
        writer.WriteString("to", to.ToString());
        writer.WriteCoins("amount", amount);
        writer.WriteCoins("fee", selection.Fee);
        writer.WriteCoins("change", selection.Change);
    }

    private static string Text(Coins amount) => Amounts.Text(amount);
}
