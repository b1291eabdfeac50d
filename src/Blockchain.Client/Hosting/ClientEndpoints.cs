using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Hosting;
using Blockchain.Wire.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Blockchain.Client.Hosting;

/// <summary>What a client serves over HTTP: its chain for members that catch up and for auditors, and what it is
/// doing.</summary>
internal static class ClientEndpoints
{
    private const int DefaultLimit = 100;

    public static void Map(WebApplication app, Func<ClientService?> service)
    {
        app.Use(SocketThread.ServeElsewhereAsync);
        app.UseExceptionHandler(errors => errors.Run(ExplainAsync));
        app.UseStatusCodePages(
            context => Problems(context.HttpContext.Response.StatusCode, context.HttpContext.Request)
            .ExecuteAsync(context.HttpContext));
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(30) });
        app.MapOpenApi("/openapi/v1.json");
        app.MapGet(ClientRoutes.Chain, (HttpRequest request, long? from, int? limit) =>
            ChainAsync(request, Need(service), from ?? 0, limit))
            .WithSummary($"Blocks of the chain: JSON, or canonical bytes when {BlockStream.ContentType} is accepted.");
        app.MapGet(ClientRoutes.Queue, () => Need(service).ReadAsync(Queue)).WithSummary("The request queue.");
        app.MapGet(ClientRoutes.Clock, () => Need(service).ReadAsync(
            process => new ClockDto(process.Id, process.Clock, process.Phase.ToString())))
            .WithSummary("The Lamport clock, and whether the client is a member.");
        app.MapGet(ClientRoutes.Checkpoint, () => CheckpointAsync(Need(service)))
            .WithSummary("The latest checkpoint of the bank that this client has.");
        app.MapGet(SharedRoutes.Metrics, async () =>
            TypedResults.Text(await Need(service).MetricsAsync().ConfigureAwait(false), MetricsText.ContentType))
            .WithSummary("Counters, in the text format of Prometheus.");
        app.MapGet(SharedRoutes.Live, () => TypedResults.Text("live")).WithSummary("200 while the process runs.");
        app.MapGet(SharedRoutes.Ready, () => ReadyAsync(Need(service)))
            .WithSummary("200 while the client is a member, else 503.");
        app.MapGet(SharedRoutes.Events, (CancellationToken cancellationToken) =>
            TypedResults.ServerSentEvents(EventsAsync(Need(service), cancellationToken)))
            .WithSummary("What happens, as server-sent events.");
        app.Map(ClientRoutes.Link, context => LinkAsync(context, Need(service))).ExcludeFromDescription();
    }

    private static ClientService Need(Func<ClientService?> service) => service()
        ?? throw new BadHttpRequestException("the client is starting; ask again in a moment",
            StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> ChainAsync(HttpRequest request, ClientService service, long from, int? limit)
    {
        if (from < 0 || limit is < 0)
        {
            return Problem(StatusCodes.Status400BadRequest, ProblemTypes.BadRequest,
                "from and limit are not negative numbers");
        }

        int count = Math.Min(limit ?? DefaultLimit, Limits.FetchBlocks);
        StoredBlock[] blocks = await service.ReadBlocksAsync(from, count).ConfigureAwait(false);
        if (request.Headers.Accept.Contains(BlockStream.ContentType))
        {
            return TypedResults.Bytes(
                BlockStream.Write([.. blocks.Where(block => block.Settled).Select(block => block.Block)]),
                BlockStream.ContentType);
        }

        (long total, Hash head) = await service.ReadAsync(process => (
            process.Chain.SettledCount + process.Chain.Provisional.Count,
            process.Chain.Provisional.Count > 0
                ? process.Chain.Provisional[^1].Hash
                : process.Ledger.Head)).ConfigureAwait(false);
        BlockDto[] page =
        [
            .. blocks.Select(
                block => BlockJson.From(block.Block, block.Index, block.Previous, block.Hash, block.Settled)),
        ];
        return TypedResults.Ok(new LedgerPageDto(page, total, head.ToString()));
    }

    private static QueueDto Queue(ClientProcess process) => new(process.View?.Epoch ?? 0,
    [
        .. process.Queue.Select(entry => new QueueEntryDto(
            entry.Token.Clock, entry.Token.Client, entry.Transfers.Count, entry.Heard, entry.Needed)),
    ]);

    private static async Task<IResult> CheckpointAsync(ClientService service)
    {
        LedgerCheckpointDto? checkpoint = await service.ReadAsync(process => process.Checkpoint is { } kept
            ? WireConvert.ToDto(kept, process.Ledger.LedgerId, process.Ledger.BankKey)
            : null).ConfigureAwait(false);
        return checkpoint is null
            ? Problem(StatusCodes.Status404NotFound, ProblemTypes.NotFound,
                "the bank has not signed a checkpoint for this client yet")
            : TypedResults.Ok(checkpoint);
    }

    private static async Task<IResult> ReadyAsync(ClientService service)
    {
        ClientPhase phase = await service.ReadAsync(process => process.Phase).ConfigureAwait(false);
        return phase == ClientPhase.Member
            ? TypedResults.Text("ready")
            : Problem(StatusCodes.Status503ServiceUnavailable, ProblemTypes.Unavailable,
                $"the client is not a member: {phase}");
    }

    private static async IAsyncEnumerable<SseItem<string>> EventsAsync(
        ClientService service, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ChannelReader<ClientEvent> events = service.Subscribe();
        try
        {
            // The first event comes at once, so that a listener knows from where on it hears everything.
            (long settled, long clock) = await service.ReadAsync(
                process => ((long)process.Chain.SettledCount, process.Clock)).ConfigureAwait(false);
            yield return ClientEventJson.Listening(settled - 1, clock);
            await foreach (ClientEvent happened in events.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return ClientEventJson.Of(happened);
            }
        }
        finally
        {
            service.Unsubscribe(events);
        }
    }

    private static async Task LinkAsync(HttpContext context, ClientService service)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await Problem(StatusCodes.Status400BadRequest, ProblemTypes.BadRequest, "this route takes WebSockets only")
                .ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        using System.Net.WebSockets.WebSocket socket = await context.WebSockets.AcceptWebSocketAsync()
            .ConfigureAwait(false);
        await service.Peers.AcceptAsync(socket, context.RequestAborted).ConfigureAwait(false);
    }

    private static Task ExplainAsync(HttpContext context)
    {
        Exception? fault = context.Features.Get<Microsoft.AspNetCore.Diagnostics.IExceptionHandlerFeature>()?.Error;
        IResult page = fault switch
        {
            BadHttpRequestException { StatusCode: StatusCodes.Status503ServiceUnavailable } bad => Problem(
                bad.StatusCode, ProblemTypes.Unavailable, bad.Message),
            BadHttpRequestException bad => Problem(bad.StatusCode, ProblemTypes.BadRequest, Expected(context.Request)),
            OperationCanceledException => Problem(
                StatusCodes.Status503ServiceUnavailable, ProblemTypes.Unavailable, "the client is stopping"),
            _ => Problem(StatusCodes.Status500InternalServerError, ProblemTypes.Prefix + "internal",
                "the client failed to answer"),
        };
        return page.ExecuteAsync(context);
    }

    private static IResult Problems(int status, HttpRequest request) => status switch
    {
        StatusCodes.Status404NotFound => Problem(
            status, ProblemTypes.NotFound, $"{request.Path} is not served. GET /openapi/v1.json lists what is"),
        StatusCodes.Status405MethodNotAllowed => Problem(
            status, ProblemTypes.BadRequest, $"{request.Path} does not take this method"),
        _ => Problem(status, ProblemTypes.BadRequest, Expected(request)),
    };

    // The platform's own message speaks of parameters of methods, so this says instead what the route takes.
    private static string Expected(HttpRequest request) =>
        PageQuery.Explain(request.Query["from"], request.Query["limit"]) ?? "the request cannot be served";

    private static IResult Problem(int status, string type, string detail) =>
        TypedResults.Problem(detail + ".", statusCode: status, title: Title(status), type: type);

    private static string Title(int status) => status switch
    {
        StatusCodes.Status404NotFound => "There is no such thing",
        StatusCodes.Status503ServiceUnavailable => "The client cannot answer now",
        StatusCodes.Status500InternalServerError => "The client failed",
        _ => "The request is not well formed",
    };
}
