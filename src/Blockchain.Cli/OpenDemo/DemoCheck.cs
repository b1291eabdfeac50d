using System.Globalization;
using Blockchain.Cli.Options;
using Blockchain.Cli.Wallet;
using Blockchain.Core.OpenNetwork;
using Blockchain.Wire.Http;

namespace Blockchain.Cli.OpenDemo;

/// <summary>What must hold on every open network, asked of the running nodes over HTTP.</summary>
/// <param name="network">The nodes.</param>
internal sealed class DemoCheck(OpenDemoNetwork network)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until all nodes have one tip.</summary>
    /// <returns>What the first of them says of it; null when they do not agree in time.</returns>
    public Task<NodeInfoDto?> AgreeAsync(CancellationToken cancellation) => UntilAsync(
        async token =>
        {
            NodeInfoDto[] infos = await Task.WhenAll(network.Nodes.Select(node => node.Api.GetInfoAsync(token)));
            return infos.All(info => info.Tip == infos[0].Tip) ? infos[0] : null;
        },
        cancellation);

    /// <summary>Waits until a payment is in the same block of the best chain of every node.</summary>
    /// <returns>The height of the block; null when it is not in time.</returns>
    public async Task<int?> FindAsync(string txid, CancellationToken cancellation)
    {
        TransactionStatusDto? found = await UntilAsync(
            async token =>
            {
                TransactionStatusDto?[] all = await Task.WhenAll(
                    network.Nodes.Select(node => node.Api.FindTransactionAsync(txid, token)));
                bool isOne = all.All(status => status is { Status: TransactionStatusDto.Confirmed }
                    && status.BlockHash == all[0]!.BlockHash);
                return isOne ? all[0] : null;
            },
            cancellation);
        return found?.Height;
    }

    /// <summary>Waits until all nodes have the same block at a height, and at least one more above.</summary>
    /// <returns>Its hash; null when they do not agree in time.</returns>
    public Task<string?> ResolveAsync(int height, CancellationToken cancellation) => UntilAsync(
        async token =>
        {
            HeadersDto[] all = await Task.WhenAll(
                network.Nodes.Select(node => node.Api.GetHeadersAsync(height, 2, token)));
            string? first = all[0].Headers.Length == 2 ? all[0].Headers[0].Hash : null;
            return all.All(page => page.Headers.Length == 2 && page.Headers[0].Hash == first) ? first : null;
        },
        cancellation);

    /// <summary>What is owned, and what the blocks may have created, at one tip of the first node.</summary>
    /// <returns>Null when the tip changes faster than can be asked.</returns>
    public Task<Money?> CountAsync(CancellationToken cancellation) => UntilAsync(
        async token =>
        {
            INodeApi node = network.Nodes[0].Api;
            NodeInfoDto before = await node.GetInfoAsync(token);
            Coins owned = Coins.Zero;
            foreach (Address wallet in network.Wallets)
            {
                owned += NodeAccess.ToCoins((await node.GetAddressAsync(wallet.ToString(), 0, 1, token)).Balance);
            }

            NodeInfoDto after = await node.GetInfoAsync(token);
            NetworkParameters parameters = NetworkParameters.Open(before.Name);
            Coins created = Enumerable.Range(1, before.Height)
                .Aggregate(Coins.Zero, (sum, height) => sum + new Coins(parameters.RewardUnitsAt(height)));
            return before.Tip == after.Tip
                ? new Money(before.Height, created, NodeAccess.ToCoins(before.Supply), owned)
                : null;
        },
        cancellation);

    private static async Task<T?> UntilAsync<T>(
        Func<CancellationToken, Task<T?>> look, CancellationToken cancellation)
        where T : class
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            while (true)
            {
                if (await look(patience.Token) is { } found)
                {
                    return found;
                }

                await Task.Delay(LookAgain, patience.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Where the money is at one tip.</summary>
    /// <param name="Height">Height of the tip.</param>
    /// <param name="Created">Sum of the rewards up to there.</param>
    /// <param name="Supply">Sum of all unspent outputs, as the node counts.</param>
    /// <param name="Owned">Sum of the balances of everybody who was paid.</param>
    internal sealed record Money(int Height, Coins Created, Coins Supply, Coins Owned)
    {
        /// <summary>Whether all three are equal.</summary>
        public bool Holds => Created == Supply && Supply == Owned;

        /// <summary>In words.</summary>
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{Height} blocks created {Amounts.Text(Created)}; {Amounts.Text(Supply)} is unspent, and the wallets own "
                + $"{Amounts.Text(Owned)}");
    }
}
