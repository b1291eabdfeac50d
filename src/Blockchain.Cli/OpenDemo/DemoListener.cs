using System.Text.Json;
using Blockchain.Cli.Hosting;
using Blockchain.Cli.Watch;
using Blockchain.Wire.Http;

namespace Blockchain.Cli.OpenDemo;

/// <summary>Listens to the nodes and to the oracle, tells what they say as one story, and records it.</summary>
/// <param name="network">The nodes.</param>
/// <param name="record">Keeps it.</param>
/// <param name="screen">Shows it.</param>
internal sealed class DemoListener(OpenDemoNetwork network, DemoRecord record, DemoScreen screen)
{
    // An oracle says nothing for as long as no block comes; the demonstration itself has a deadline.
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(10);
    private volatile int[] _shown = [1];

    /// <summary>The nodes whose new blocks are shown, by number. Forks and reorganizations are shown of all.</summary>
    public IReadOnlyList<int> Shown
    {
        get => _shown;
        set => _shown = [.. value];
    }

    /// <summary>Listens to a node until told to stop.</summary>
    /// <param name="node">The node.</param>
    /// <param name="isListening">Is done as soon as nothing can be missed.</param>
    /// <param name="cancellation">Says when to stop.</param>
    public async Task ListenToAsync(DemoNode node, TaskCompletionSource isListening, CancellationToken cancellation)
    {
        try
        {
            await foreach (NodeEventDto happened in node.Api.WatchAsync(cancellation))
            {
                isListening.TrySetResult();
                await HearAsync(node, happened, cancellation);
            }

            throw new CliException(ExitCode.Unreachable, $"node {node.Number} no longer tells what happens.");
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The demonstration is over.
        }
        catch (Exception fault)
        {
            isListening.TrySetException(fault);
            throw;
        }
    }

    /// <summary>Listens to the oracle until told to stop.</summary>
    public async Task ListenToOracleAsync(ChildProcess oracle, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                HearOracle(await oracle.ReadAsync(Silence, cancellation));
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The demonstration is over.
        }
    }

    private async Task HearAsync(DemoNode node, NodeEventDto happened, CancellationToken cancellation)
    {
        string hash = happened.Hash ?? happened.Txid ?? string.Empty;
        string what = WatchText.What(happened);
        switch (happened.Event)
        {
            case "block":
                what = await ReadAsync(node, happened, cancellation) is { } block ? Describe(block) : what;
                break;
            case "returned":
                what = record.FindPayment(hash) is { } payment ? $"{payment}: {what}" : what;
                break;
            case "fork" or "reorganization":
                break;
            default:
                return;
        }

        record.Add(new Told(node.Number, happened));
        if (happened.Event != "block" || _shown.Contains(node.Number))
        {
            screen.Happened($"node {node.Number}", happened.Event, happened.Height, hash, what);
        }
    }

    /// <returns>Null when the node has left the block meanwhile.</returns>
    private async Task<NodeBlockDto?> ReadAsync(DemoNode node, NodeEventDto happened, CancellationToken cancellation)
    {
        try
        {
            NodeBlockDto block = await node.Api.GetBlockAsync(happened.Height ?? 0, cancellation);
            if (block.Header.Hash != happened.Hash)
            {
                return null;
            }

            record.Add(block);
            return block;
        }
        catch (ApiException fault) when (fault.Status == 404)
        {
            return null;
        }
    }

    private string Describe(NodeBlockDto block)
    {
        string miner = block.Transactions?[0].Outputs is [{ } reward] && NumberOf(reward.Address) is { } number
            ? $"node {number} found it: "
            : string.Empty;
        int payments = block.TransactionCount - 1;
        string content = payments == 0 ? "no payment" : WatchText.Count(payments, "payment");
        return $"{miner}{content}, reward {Options.Amounts.Text(block.Reward)}";
    }

    // The rewards of node 1 go to the first wallet, and so on.
    private int? NumberOf(string address)
    {
        int index = network.Wallets.ToList().FindIndex(wallet => wallet.ToString() == address);
        return index >= 0 && index < network.Nodes.Count ? index + 1 : null;
    }

    private void HearOracle(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement said = document.RootElement;
        switch (said.GetProperty("event").GetString())
        {
            case "sent":
                SentPayment payment = new(
                    said.GetProperty("txid").GetString()!,
                    said.GetProperty("from").GetInt32(),
                    said.GetProperty("to").GetInt32(),
                    said.GetProperty("amount").GetRawText());
                record.Add(payment);
                screen.Happened("oracle", "payment", null, payment.Txid, payment.ToString());
                break;
            case "confirmed":
                record.Confirm();
                string node = $"by node {OpenDemoNetwork.NodeCount}";
                screen.Happened(
                    "oracle", "confirmed", said.GetProperty("height").GetInt32(),
                    said.GetProperty("txid").GetString()!, node);
                break;
            case "failed":
                screen.Happened(
                    "oracle", "not paid", null, string.Empty, said.GetProperty("reason").GetString() ?? string.Empty);
                break;
        }
    }
}
