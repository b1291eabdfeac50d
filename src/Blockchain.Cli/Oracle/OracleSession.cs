using System.Globalization;
using Blockchain.Cli.Wallet;
using Blockchain.Core.OpenNetwork;
using Blockchain.Wire.Http;

namespace Blockchain.Cli.Oracle;

/// <summary>Pays at random among its own wallets, one payment after another, each waited for.</summary>
/// <param name="node">The node that takes the payments.</param>
/// <param name="wallets">The keys.</param>
/// <param name="text">Takes what happens.</param>
/// <param name="time">The clock.</param>
internal sealed class OracleSession(
    INodeApi node, IReadOnlyList<OwnerKey> wallets, OracleText text, TimeProvider time)
{
    private const int RefusalsTaken = 20;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);

    /// <summary>The keys of a folder, wallet-0, wallet-1 and so on; those that are missing are made, plain.</summary>
    public static IReadOnlyList<OwnerKey> Wallets(KeyFolder folder, int count)
    {
        OwnerKey[] keys = new OwnerKey[count];
        PassphraseSource none = new(null, null);
        for (int i = 0; i < count; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"wallet-{i}");
            keys[i] = folder.Has(name)
                ? OwnerKeys.Open(folder, name, none)
                : OwnerKeys.AddNew(folder, name, passphrase: null);
        }

        return keys;
    }

    /// <summary>Pays until told to stop, or often enough.</summary>
    /// <exception cref="CliException">The node refuses one payment after another.</exception>
    public async Task RunAsync(OracleOptions options, CancellationToken cancellation)
    {
        BlockHash network = await node.GetNetworkAsync(cancellation);
        NodeInfoDto info = await node.GetInfoAsync(cancellation);
        text.Started(info.Name, [.. wallets.Select(wallet => wallet.Address)]);
        OraclePlan plan = new(options.Seed);
        int done = 0;
        int refused = 0;
        long heard = time.GetTimestamp();
        while (done < (options.Count ?? int.MaxValue))
        {
            try
            {
                await Task.Delay(plan.Pause(options.Shortest, options.Longest), time, cancellation);
                bool isDone = await PayAsync(plan, options, network, cancellation);
                done += isDone ? 1 : 0;
                refused = isDone ? 0 : refused + 1;
                heard = time.GetTimestamp();
            }
            catch (Exception fault) when (fault is HttpRequestException or ApiException { Status: >= 500 }
                && time.GetElapsedTime(heard) < options.Patience)
            {
                text.Failed(null, $"{fault.Message.TrimEnd('.')}; the node is asked again");
                await Task.Delay(LookAgain, time, cancellation);
            }

            if (refused >= RefusalsTaken)
            {
                throw new CliException(
                    ExitCode.Failed, $"{RefusalsTaken} payments in a row were not made. Look at the node's log.");
            }
        }
    }

    /// <returns>Whether a payment was made and confirmed.</returns>
    private async Task<bool> PayAsync(
        OraclePlan plan, OracleOptions options, BlockHash network, CancellationToken cancellation)
    {
        text.Generating();
        (PlannedPayment payment, IReadOnlyList<Coin> coins) = await PlanAsync(plan, cancellation);
        if (Selection.TryMake(coins, payment.Amount, default, out Selection? selection) is var fault
            && fault != SelectionFault.None)
        {
            text.Failed(null, $"wallet {payment.From} has too many small coins");
            return false;
        }

        OwnerKey payer = wallets[payment.From];
        Transaction.Payment transaction =
            PaymentMaker.Make(selection!, wallets[payment.To].Address, payment.Amount, payer, network);
        try
        {
            string txid = await node.SubmitAsync(transaction, cancellation);
            text.Sent(payment, transaction, txid);
            TransactionStatusDto? status =
                await new Confirmation(node, time).WaitAsync(txid, options.Depth, options.Patience, cancellation);
            if (status is null)
            {
                text.Failed(txid, "another payment took its coins");
                return false;
            }

            text.Confirmed(txid, status.Height ?? 0);
            text.Balances(await BalancesAsync(cancellation));
            return true;
        }
        catch (ApiException refusal) when (refusal.Status is >= 400 and < 500)
        {
            text.Failed(null, refusal.Message);
            return false;
        }
        catch (TimeoutException late)
        {
            text.Failed(transaction.Id.ToString(), late.Message);
            return false;
        }
    }

    private async Task<(PlannedPayment Payment, IReadOnlyList<Coin> Coins)> PlanAsync(
        OraclePlan plan, CancellationToken cancellation)
    {
        bool isTold = false;
        while (true)
        {
            IReadOnlyList<Coin>[] coins = new IReadOnlyList<Coin>[wallets.Count];
            for (int i = 0; i < coins.Length; i++)
            {
                coins[i] = await node.GetCoinsAsync(wallets[i].Address, cancellation);
            }

            Coins[] spendable = [.. coins.Select(each => each.Aggregate(Coins.Zero, (sum, coin) => sum + coin.Value))];
            if (plan.Next(spendable) is { } payment)
            {
                text.Balances(await BalancesAsync(cancellation));
                return (payment, coins[payment.From]);
            }

            if (!isTold)
            {
                text.Poor(wallets[0].Address);
                isTold = true;
            }

            await Task.Delay(LookAgain, time, cancellation);
        }
    }

    private async Task<Coins[]> BalancesAsync(CancellationToken cancellation)
    {
        Coins[] balances = new Coins[wallets.Count];
        for (int i = 0; i < balances.Length; i++)
        {
            string address = wallets[i].Address.ToString();
            balances[i] = NodeAccess.ToCoins((await node.GetAddressAsync(address, 0, 1, cancellation)).Balance);
        }

        return balances;
    }
}
