using Blockchain.Core.OpenNetwork;
using Blockchain.Wire.Http;

namespace Blockchain.Cli.Wallet;

/// <summary>What a wallet asks of a node, in values of the core.</summary>
internal static class NodeAccess
{
    private const int PageSize = 500;

    /// <summary>What an address can spend now.</summary>
    /// <exception cref="CliException">The node answers what cannot be.</exception>
    public static async Task<IReadOnlyList<Coin>> GetCoinsAsync(
        this INodeApi node, Address address, CancellationToken cancellation)
    {
        List<Coin> coins = [];
        int? from = 0;
        while (from is { } start)
        {
            UtxoDto page = await node.GetUtxoAsync(address.ToString(), start, PageSize, cancellation);
            coins.AddRange(page.Outputs.Where(output => output.IsSpendable).Select(ToCoin));
            from = page.Next > start ? page.Next : null;
        }

        return coins;
    }

    /// <summary>Which network the node is of: what signatures are made for.</summary>
    /// <exception cref="CliException">The node answers what cannot be.</exception>
    public static async Task<BlockHash> GetNetworkAsync(this INodeApi node, CancellationToken cancellation)
    {
        try
        {
            return NetworkOf(await node.GetInfoAsync(cancellation));
        }
        catch (ApiException fault) when (fault.Status == 404)
        {
            throw new CliException(
                ExitCode.Failed, "what answers there is no node of an open network. Name one with --node.", fault);
        }
    }

    /// <summary>Does something with the node at an address.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="run">Does it.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="CliException">No node answers there.</exception>
    public static async Task<int> UseAsync(Uri address, Func<NodeApi, Task<int>> run)
    {
        using NodeApi node = NodeApi.At(address);
        try
        {
            return await run(node);
        }
        catch (HttpRequestException fault)
        {
            throw new CliException(
                ExitCode.Unreachable,
                $"no node answers at {address.GetLeftPart(UriPartial.Authority)}: {fault.Message.TrimEnd('.')}. Start "
                    + "one with 'blockchain node', or name another with --node.",
                fault);
        }
        catch (ApiException fault) when (fault.Status == 404)
        {
            // Either the node lacks what was asked for, or it is no node: then it lacks this, too.
            await node.GetNetworkAsync(CancellationToken.None);
            throw;
        }
    }

    /// <summary>Which network the node is of.</summary>
    /// <exception cref="CliException">The node answers what cannot be.</exception>
    public static BlockHash NetworkOf(NodeInfoDto info) => BlockHash.TryParse(info.NetworkId, out BlockHash network)
        ? network
        : throw Nonsense($"the network {info.NetworkId}");

    /// <summary>Hands a transaction over.</summary>
    /// <returns>Its id.</returns>
    public static async Task<string> SubmitAsync(
        this INodeApi node, Transaction transaction, CancellationToken cancellation)
    {
        string hex = Convert.ToHexStringLower(transaction.Canonical.Span);
        return (await node.SubmitAsync(new SubmitBody(hex), cancellation)).Txid;
    }

    /// <summary>Where a transaction stands; null when the node does not know it.</summary>
    public static async Task<TransactionStatusDto?> FindTransactionAsync(
        this INodeApi node, string txid, CancellationToken cancellation)
    {
        try
        {
            return await node.GetTransactionAsync(txid, cancellation);
        }
        catch (ApiException fault) when (fault.Status == 404)
        {
            return null;
        }
    }

    /// <summary>A JSON number as an amount.</summary>
    /// <exception cref="CliException">It is none.</exception>
    public static Coins ToCoins(decimal value)
    {
        decimal units = value * Coins.UnitsPerCoin;
        return units >= 0 && units <= long.MaxValue && decimal.IsInteger(units)
            ? new Coins((long)units)
            : throw Nonsense($"the amount {value}");
    }

    private static Coin ToCoin(UnspentDto output) => TransactionId.TryParse(output.Txid, out TransactionId id)
        ? new Coin(new OutPoint(id, output.Output), ToCoins(output.Value))
        : throw Nonsense($"the transaction {output.Txid}");

    private static CliException Nonsense(string what) =>
        new(ExitCode.Integrity, $"the node answers with {what}, which cannot be. Use another node.");
}
