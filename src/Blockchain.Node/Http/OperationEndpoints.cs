using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Blockchain.Core.OpenNetwork;
using Blockchain.Node.Peers;
using Blockchain.Node.Service;
using Blockchain.Node.Tracking;
using Blockchain.Wire.Hosting;
using Blockchain.Wire.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Blockchain.Node.Http;

/// <summary>What operators, monitors and other nodes ask.</summary>
internal sealed class OperationEndpoints(NodeService service, PeerNetwork peers)
{
    /// <summary>Adds the routes.</summary>
    public void Map(WebApplication app)
    {
        app.MapGet(SharedRoutes.Live, static () => TypedResults.Text("live"))
            .WithSummary("200 while the process runs.");
        app.MapGet(SharedRoutes.Ready, ReadyAsync)
            .WithSummary("200 while the node has the best chain it knows of, else 503.")
            .Produces(200, contentType: "text/plain").ProducesProblem(503);
        app.MapGet(SharedRoutes.Metrics, MetricsAsync).WithSummary("Counters in Prometheus' text format.")
            .Produces(200, contentType: "text/plain").ProducesProblem(503);
        app.MapGet(SharedRoutes.Events, Events).WithSummary("What happens, as server-sent events.")
            .Produces(200, contentType: "text/event-stream").ProducesProblem(503);
        app.MapGet(NodeRoutes.Nodes, () => TypedResults.Ok(new NodesDto(service.Book.List())))
            .WithSummary("Nodes that this one knows of.");
        app.MapGet(NodeRoutes.Peers, PeersAsync).WithSummary("Nodes that this one is connected with.");
        app.Map(NodeRoutes.Peer, context => ServePeerAsync(context, app.Lifetime.ApplicationStopping))
            .ExcludeFromDescription();
    }

    private async Task<Results<ContentHttpResult, ProblemHttpResult>> ReadyAsync(CancellationToken cancel)
    {
        (int height, int best, bool isSyncing) = await service.ReadAsync(
            static node => (node.Chain.Height, node.Tree.BestHeader.Height, node.IsSyncing), cancel);
        return !isSyncing
            ? TypedResults.Text("ready")
            : Problems.Unavailable($"the node is at height {height} of {best}. Ask again later.");
    }

    private async Task<ContentHttpResult> MetricsAsync(CancellationToken cancel)
    {
        Metric[] gauges = await service.ReadAsync(
            node => new Metric[]
            {
                new("blockchain_height", "Height of the tip.", node.Chain.Height),
                new("blockchain_headers", "Height of the best header.", node.Tree.BestHeader.Height),
                new("blockchain_pending", "Transactions that wait.", node.Mempool.Count),
                new("blockchain_peers", "Nodes connected.", node.Peers.Count),
                new("blockchain_addresses_known", "Addresses of nodes remembered.", service.Book.Count),
                new("blockchain_transactions", "Transactions on the best chain.", node.Chain.TransactionCount),
            },
            cancel);
        return TypedResults.Text(
            MetricsText.Write([.. gauges, .. service.Counters.ToMetrics()]), MetricsText.ContentType);
    }

    private async Task<Ok<NodePeersDto>> PeersAsync(CancellationToken cancel) => TypedResults.Ok(
        new NodePeersDto(await service.ReadAsync(
            static node => node.Peers.Select(static peer => new NodePeerDto(
                peer.Id.Value,
                peer.Listen.Length > 0 ? peer.Listen : peer.Address,
                peer.IsOutgoing,
                peer.Height)).ToArray(),
            cancel)));

    private async Task ServePeerAsync(HttpContext context, CancellationToken stop)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await Problems.BadRequest("peers are WebSockets; open one here.").ExecuteAsync(context);
            return;
        }

        IPAddress from = NodeAddress.Plain(context.Connection.RemoteIpAddress);
        if (peers.TryAdmit(from) is { } refusal)
        {
            await Problems.Unavailable(refusal).ExecuteAsync(context);
            return;
        }

        using CancellationTokenSource ended =
            CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stop);
        await peers.ServeAsync(context.WebSockets.AcceptWebSocketAsync, from, ended.Token);
    }

    private IResult Events(HttpContext context) => service.Events.Subscribe() is { } listener
        ? TypedResults.ServerSentEvents(ReadAsync(listener, context.RequestAborted))
        : Problems.Unavailable(
            $"{Broadcast<NodeEventDto>.MaxListeners} listen already. Try again when one has gone.");

    // The first event comes at once, so that a listener knows from which block on it hears everything.
    private async IAsyncEnumerable<SseItem<string>> ReadAsync(
        Broadcast<NodeEventDto>.Listener listener, [EnumeratorCancellation] CancellationToken cancel)
    {
        using (listener)
        {
            BlockPlace tip = await service.ReadAsync(
                static node => new BlockPlace(node.Chain.Tip, node.Chain.Height), cancel);
            yield return Item(new NodeEventDto("listening") { Hash = tip.Hash.ToString(), Height = tip.Height });
            await foreach (NodeEventDto happened in listener.Reader.ReadAllAsync(cancel))
            {
                yield return Item(happened);
            }
        }
    }

    private static SseItem<string> Item(NodeEventDto happened) =>
        new(JsonSerializer.Serialize(happened, NodeJson.Default.NodeEventDto), happened.Event);
}
