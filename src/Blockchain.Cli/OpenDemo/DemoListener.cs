using System.Text.Json;
using Blockchain.Cli.Hosting;
using Blockchain.Cli.Watch;
using Blockchain.Wire.Http;

namespace Blockchain.Cli.OpenDemo;

/// <summary>A payment that the oracle has sent.</summary>
/// <param name="Txid">Its transaction.</param>
/// <param name="From">The wallet that pays.</param>
/// <param name="To">The wallet that is paid.</param>
/// <param name="Amount">How much, as the oracle wrote it.</param>
internal sealed record SentPayment(string Txid, int From, int To, string Amount);

/// <summary>Listens to the oracle and to the watcher, tells what they say as one story, and remembers what must be
/// checked at the end.</summary>
/// <param name="tell">Takes the lines.</param>
/// <param name="time">The clock.</param>
internal sealed class DemoListener(Action<string> tell, TimeProvider time)
{
    // Both say nothing for as long as no block comes; the demonstration itself has a deadline.
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(10);
    private readonly Lock _gate = new();
    private readonly List<NodeEventDto> _forks = [];
    private readonly List<SentPayment> _payments = [];

    /// <summary>Blocks that the watcher saw beside the best chain.</summary>
    public IReadOnlyList<NodeEventDto> Forks
    {
        get
        {
            lock (_gate)
            {
                return [.. _forks];
            }
        }
    }

    /// <summary>Payments that a node has taken.</summary>
    public IReadOnlyList<SentPayment> Payments
    {
        get
        {
            lock (_gate)
            {
                return [.. _payments];
            }
        }
    }

    /// <summary>How many changes to another branch the watcher saw.</summary>
    public int Reorganizations { get; private set; }

    /// <summary>Listens to the watcher until told to stop.</summary>
    public Task ListenToWatchAsync(ChildProcess watch, CancellationToken cancellation) =>
        ListenAsync(watch, HearWatch, cancellation);

    /// <summary>Listens to the oracle until told to stop.</summary>
    public Task ListenToOracleAsync(ChildProcess oracle, CancellationToken cancellation) =>
        ListenAsync(oracle, HearOracle, cancellation);

    private static async Task ListenAsync(ChildProcess process, Action<string> hear, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                hear(await process.ReadAsync(Silence, cancellation));
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The demonstration is over.
        }
    }

    private void HearWatch(string line)
    {
        NodeEventDto happened = JsonSerializer.Deserialize(line, NodeJson.Default.NodeEventDto)!;
        lock (_gate)
        {
            if (happened.Event == "fork")
            {
                _forks.Add(happened);
            }

            Reorganizations += happened.Event == "reorganization" ? 1 : 0;
        }

        if (happened.Event is "block" or "fork" or "reorganization")
        {
            tell(WatchText.Line(time.GetLocalNow(), happened));
        }
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
                lock (_gate)
                {
                    _payments.Add(payment);
                }

                tell(Line("payment", payment.Txid, $"wallet {payment.From} pays {payment.Amount} to {payment.To}"));
                break;
            case "failed":
                tell(Line("not paid", string.Empty, said.GetProperty("reason").GetString() ?? string.Empty));
                break;
        }
    }

    private string Line(string name, string txid, string what) =>
        WatchText.Row(time.GetLocalNow(), name, string.Empty, WatchText.Short(txid), what);
}
