using System.CommandLine;
using Blockchain.Cli.Options;
using Blockchain.Cli.Wallet;
using Blockchain.Wire.Http;

namespace Blockchain.Cli.Verbs;

/// <summary><c>blockchain wallet</c>: keys that own coins of the open network, and what to do with them.</summary>
internal static class WalletVerb
{
    private const int MostEntries = 100_000;

    private static readonly Setting<string> Wallet = new(
        "--name", "Name of the wallet.", "NAME", OpenSettings.DefaultWallet, Texts.Name);

    private static readonly Setting<string> Data = CommonSettings.Data();
    private static readonly Setting<string?> Passphrase = PassphraseSource.Option();
    private static readonly Setting<Uri> Node = OpenSettings.Node();
    private static readonly Option<bool> Json = CommonSettings.Json();

    /// <summary>Makes the verb and those below it.</summary>
    public static Command Create()
    {
        Command wallet = new("wallet", "Keeps keys of the open network, shows what they own, and pays.");
        wallet.Subcommands.Add(New());
        wallet.Subcommands.Add(Verb.Create(
            "wallet address",
            "Says where the wallet is paid.",
            "blockchain wallet address --name alice",
            [Wallet.Option, Data.Option, Json],
            context => Task.FromResult(Commands(context).ShowAddress())));
        wallet.Subcommands.Add(Verb.Create(
            "wallet list",
            "Lists the wallets of this machine.",
            "blockchain wallet list",
            [Data.Option, Json],
            context => Task.FromResult(new WalletList(
                Folder(context), Console.Out, Console.Error, context.Settings.Read(Json)).Show())));
        wallet.Subcommands.Add(Asking(
            "balance", "Says what the wallet has, and what of it can be spent now.",
            "blockchain wallet balance --node http://127.0.0.1:8100", [],
            (context, commands, node) => commands.BalanceAsync(node, context.Stopping)));
        wallet.Subcommands.Add(Send());
        wallet.Subcommands.Add(History());
        return wallet;
    }

    private static Command New()
    {
        Option<bool> plain = new("--plain")
        {
            Description = "Keep the key without a passphrase: whoever can read the file can spend.",
        };
        return Verb.Create(
            "wallet new",
            "Makes a wallet: a key in a file, sealed with a passphrase.",
            "blockchain wallet new --name alice\nblockchain wallet new --name test --plain",
            [Wallet.Option, plain, Passphrase.Option, Data.Option, Json],
            context =>
            {
                bool isPlain = context.Settings.Read(plain);
                PassphraseSource passphrases = PassphraseSource.Of(context.Settings.Read(Passphrase));
                if (isPlain && context.Settings.IsGiven(Passphrase))
                {
                    context.Settings.Fault("--plain and --passphrase-file exclude each other");
                }

                return Task.FromResult(Commands(context).New(isPlain ? null : passphrases));
            });
    }

    private static Command Asking(
        string name,
        string description,
        string examples,
        IReadOnlyList<Symbol> symbols,
        Func<VerbContext, WalletCommands, INodeApi, Task<int>> run) => Verb.Create(
            $"wallet {name}",
            description,
            examples,
            [.. symbols, Wallet.Option, Node.Option, Data.Option, Json],
            async context =>
            {
                Uri? address = context.Settings.Read(Node);
                WalletCommands commands = Commands(context);
                return await NodeAccess.UseAsync(address!, node => run(context, commands, node));
            });

    private static Command Send()
    {
        Argument<string> to = new("TO") { Description = "An address, or the name of a wallet on this machine." };
        Argument<string> amount = new("AMOUNT") { Description = "How much arrives, for example 12 or 0.5." };
        Setting<Core.OpenNetwork.Coins?> fee = OpenSettings.Fee();
        Setting<int> confirmations = OpenSettings.Confirmations();
        Setting<TimeSpan> patience = OpenSettings.Patience();
        Option<bool> wait = new("--wait") { Description = "Wait until the payment is confirmed." };
        return Asking(
            "send", "Pays.",
            "blockchain wallet send bob 12.5 --name alice --wait\n"
            + "blockchain wallet send 0x20265f3730fb458df663f8d37a9d3878a3c9833f7f5a9174 0.5",
            [to, amount, wait, fee.Option, confirmations.Option, patience.Option, Passphrase.Option],
            (context, commands, node) =>
            {
                // A person reads "amount" and not the name of an option here.
                Core.OpenNetwork.Coins coins = default;
                string text = context.Parsed.GetRequiredValue(amount);
                try
                {
                    coins = OpenSettings.ReadAmount(text);
                }
                catch (FormatException fault)
                {
                    context.Settings.Fault($"'{text}' cannot be sent: {fault.Message}.");
                }

                int depth = context.Settings.Read(confirmations);
                SendOrder order = new(
                    context.Parsed.GetRequiredValue(to),
                    coins,
                    context.Settings.Read(fee),
                    context.Settings.Read(wait) ? depth : 0,
                    context.Settings.Read(patience));
                PassphraseSource passphrases = PassphraseSource.Of(context.Settings.Read(Passphrase));
                context.Settings.ThrowIfFaulty();
                return commands.SendAsync(node, order, passphrases, context.Stopping);
            });
    }

    private static Command History()
    {
        Setting<int> last = new(
            "--last", $"At most so many entries, the latest, 1 to {MostEntries}.", "N", "100",
            Texts.Number(1, MostEntries));
        return Asking(
            "history", "Lists what was paid to the wallet and from it.", "blockchain wallet history --last 20",
            [last.Option],
            (context, commands, node) =>
            {
                int count = context.Settings.Read(last);
                context.Settings.ThrowIfFaulty();
                return commands.HistoryAsync(node, count, context.Stopping);
            });
    }

    private static WalletCommands Commands(VerbContext context)
    {
        string? name = context.Settings.Read(Wallet);
        bool asJson = context.Settings.Read(Json);
        KeyFolder folder = Folder(context);
        return new WalletCommands(folder, name!, Console.Out, asJson);
    }

    private static KeyFolder Folder(VerbContext context)
    {
        string? data = context.Settings.Read(Data);
        context.Settings.ThrowIfFaulty();
        return new KeyFolder(DataFolders.Find(data).Wallets, "wallet");
    }
}
