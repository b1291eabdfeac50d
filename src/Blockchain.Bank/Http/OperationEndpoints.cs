using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Blockchain.Bank.Prompt;
using Blockchain.Bank.Service;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Hosting;
using Blockchain.Wire.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Blockchain.Bank.Http;

/// <summary>What operators and monitors ask.</summary>
internal sealed class OperationEndpoints(BankService service)
{
    /// <summary>Adds the routes.</summary>
    public void Map(WebApplication app)
    {
        app.MapGet(SharedRoutes.Live, static () => TypedResults.Text("live"))
            .WithSummary("200 while the process runs.");
        app.MapGet(SharedRoutes.Ready, ReadyAsync).WithSummary("200 while the bank takes requests, else 503.")
            .ProducesProblem(503);
        app.MapGet(SharedRoutes.Metrics, MetricsAsync).WithSummary("Counters, in the text format of Prometheus.")
            .ProducesProblem(503);
        app.MapGet(SharedRoutes.Events, Events).WithSummary("What happens, as server-sent events.")
            .Produces(200, contentType: "text/event-stream").ProducesProblem(503);
    }

    private async Task<Results<ContentHttpResult, ProblemHttpResult>> ReadyAsync(CancellationToken cancel) =>
        await service.ReadAsync(static bank => (bank.IsReady, bank.Phase), cancel) switch
        {
            (true, _) => TypedResults.Text("ready"),
            (_, BankPhase.Alarmed) => Problems.Unavailable(
                $"a client holds a checkpoint that contradicts the ledger; writes have stopped. {BankPrompt.Remedy}"),
            _ => Problems.Unavailable(
                "the bank is hearing from its members whether it lost blocks. Ask again in a moment."),
        };

    private async Task<ContentHttpResult> MetricsAsync(CancellationToken cancel)
    {
        long blocks = await service.ReadAsync(static bank => bank.DurableCount, cancel);
        return TypedResults.Text(
            MetricsText.Write(
                new Metric("blockchain_requests_ordered_total", "Requests that were ordered.", service.Ordered),
                new Metric("blockchain_commits_total", "Database transactions that were committed.", service.Commits),
                new Metric("blockchain_bank_writes_total", "Writes on links to clients.", service.LinkCounters.Writes),
                new Metric("blockchain_blocks", "Durable blocks of the ledger.", blocks)),
            MetricsText.ContentType);
    }

    private IResult Events(HttpContext context) => service.Events.Subscribe() is { } listener
        ? TypedResults.ServerSentEvents(ReadAsync(listener, context.RequestAborted))
        : Problems.Unavailable($"{Broadcast<BankEvent>.MaxListeners} listen already. Try again when one has gone.");

    // The first event comes at once, so that a listener knows from which block on it hears everything.
    private async IAsyncEnumerable<SseItem<string>> ReadAsync(
        Broadcast<BankEvent>.Listener listener, [EnumeratorCancellation] CancellationToken cancel)
    {
        using (listener)
        {
            long count = await service.ReadAsync(static bank => bank.DurableCount, cancel);
            yield return Item("listening", ("index", count - 1));
            await foreach (BankEvent happened in listener.Reader.ReadAllAsync(cancel))
            {
                yield return Describe(happened);
            }
        }
    }

    private static SseItem<string> Describe(BankEvent happened) => happened switch
    {
        BankEvent.Ordered ordered => Item(
            "ordered",
            ("index", ordered.FirstIndex),
            ("clock", ordered.Token.Clock),
            ("client", ordered.Token.Client),
            ("count", ordered.Outcomes.Count)),
        BankEvent.Durable durable => Item("durable", ("index", durable.Index), ("hash", durable.Hash.ToString())),
        BankEvent.Refused refused => Item(
            "refused",
            ("clock", refused.Token.Clock),
            ("client", refused.Client),
            ("reason", refused.Reason.ToString())),
        BankEvent.ViewMade made => Item(
            "view", ("epoch", made.View.Epoch), ("index", made.View.Index), ("cause", made.Cause)),
        BankEvent.Restored restored => Item(
            "restored", ("client", restored.Client), ("index", restored.From), ("count", restored.Count)),
        BankEvent.Alarm alarm => Item("alarm", ("client", alarm.Client), ("explanation", alarm.Evidence.Explanation)),
        _ => throw new Core.Kernel.InvariantException("the events of the bank are closed"),
    };

    private static SseItem<string> Item(string kind, params ReadOnlySpan<(string Name, object? Value)> fields) =>
        new(EventJson.Write(fields), kind);
}
