using System.Diagnostics;
using System.Threading.Channels;
using Blockchain.Client;
using Blockchain.Client.Hosting;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Cli.Bench;

/// <summary>One client under load: as many transfers wait at it as it is told, and each that settles makes room for
/// the next.</summary>
internal sealed class LoadClient(ClientHost host) : IAsyncDisposable
{
    private static readonly Money Cent = new(1);
    private CancellationTokenSource _stop = new();
    private Task _paying = Task.CompletedTask;
    private int _to;

    /// <summary>The client.</summary>
    public ClientHost Host => host;

    /// <summary>Own transfers that have settled.</summary>
    public long Settled => host.Service.SettledTransfers;

    /// <summary>Begins to pay.</summary>
    public async Task StartAsync(Load load)
    {
        _to = await FindReceiverAsync();
        _stop = new CancellationTokenSource();
        _paying = Task.Run(() => PayAsync(load, _stop.Token));
    }

    /// <summary>Pays no more, and completes when everything has settled.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _paying;
    }

    /// <summary>Pays one at a time and takes the time from the wish to the settled block, on a thread that waits: the
    /// pool would wake two for each.</summary>
    /// <returns>Ticks of <see cref="Stopwatch"/>, one for each.</returns>
    public async Task<long[]> MeasureAsync(int count)
    {
        _to = await FindReceiverAsync();
        return await Task.Factory.StartNew(
            () => Measure(count), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => host.DisposeAsync();

    // One task for all that waits, which looks now and then: a task for each, woken by each event, would measure
    // the pool of threads.
    private async Task PayAsync(Load load, CancellationToken stop)
    {
        ChannelReader<ClientEvent> events = host.Service.Subscribe();
        long before = Settled;
        long paid = 0;
        while (!stop.IsCancellationRequested || Settled - before < paid)
        {
            int missing = stop.IsCancellationRequested ? 0 : load.Depth - (int)(paid - (Settled - before));
            if (missing >= load.Least)
            {
                await host.Service.SubmitAsync(_to, Cent, string.Empty, missing);
                paid += missing;
            }

            await Task.Delay(load.LookEvery, CancellationToken.None);
            while (events.TryRead(out ClientEvent? happened))
            {
                ThrowIfRefused(happened);
            }
        }

        host.Service.Unsubscribe(events);
    }

    private static void ThrowIfRefused(ClientEvent happened)
    {
        if (happened is ClientEvent.Rejected rejected)
        {
            throw new CliException(ExitCode.Failed, $"a transfer under load was refused: {rejected.Reason}.");
        }

        if (happened is ClientEvent.Settled { Block.Outcome: not Outcome.Success and var outcome })
        {
            throw new CliException(ExitCode.Failed, $"a transfer under load came to {outcome}.");
        }
    }

    private long[] Measure(int count)
    {
        long[] ticks = new long[count];
        for (int i = 0; i < count; i++)
        {
            long began = Stopwatch.GetTimestamp();
            SubmitResult result = host.Service.SubmitAsync(_to, Cent, string.Empty).GetAwaiter().GetResult();
            if (result.Fault is { } fault)
            {
                throw new CliException(ExitCode.Failed, $"a transfer under load was refused: {fault}.");
            }

            ThrowIfRefused(result.Settled.GetAwaiter().GetResult());
            ticks[i] = Stopwatch.GetTimestamp() - began;
        }

        return ticks;
    }

    // Everybody pays the next, so that nobody runs out of money.
    private Task<int> FindReceiverAsync() => host.Service.ReadAsync(
        process => (process.Id % process.Ledger.Accounts.Count) + 1);
}
