using System.Diagnostics;
using Blockchain.Client;
using Blockchain.Client.Hosting;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Cli.Bench;

/// <summary>One client under load: as many transfers wait at it as it is told, and each that settles makes room for
/// the next.</summary>
internal sealed class LoadClient(ClientHost host) : IAsyncDisposable
{
    private static readonly Money Cent = new(1);
    private readonly List<Task> _payers = [];
    private volatile bool _stopping;
    private int _to;

    /// <summary>The client.</summary>
    public ClientHost Host => host;

    /// <summary>Own transfers that have settled.</summary>
    public long Settled => host.Service.SettledTransfers;

    /// <summary>Begins to pay.</summary>
    /// <param name="depth">Transfers that wait at a time.</param>
    public async Task StartAsync(int depth)
    {
        _to = await FindReceiverAsync();
        _stopping = false;
        for (int i = 0; i < depth; i++)
        {
            _payers.Add(Task.Run(PayAsync));
        }
    }

    /// <summary>Pays no more, and completes when everything has settled.</summary>
    public async Task StopAsync()
    {
        _stopping = true;
        await Task.WhenAll(_payers);
        _payers.Clear();
    }

    /// <summary>Pays one at a time and takes the time from the wish to the settled block.</summary>
    /// <returns>Ticks of <see cref="Stopwatch"/>, one for each.</returns>
    public async Task<long[]> MeasureAsync(int count)
    {
        _to = await FindReceiverAsync();
        long[] ticks = new long[count];
        for (int i = 0; i < count; i++)
        {
            long began = Stopwatch.GetTimestamp();
            await PayOneAsync();
            ticks[i] = Stopwatch.GetTimestamp() - began;
        }

        return ticks;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => host.DisposeAsync();

    private async Task PayAsync()
    {
        while (!_stopping)
        {
            await PayOneAsync();
        }
    }

    private async Task PayOneAsync()
    {
        SubmitResult result = await host.Service.SubmitAsync(_to, Cent, string.Empty);
        if (result.Fault is { } fault)
        {
            throw new CliException(ExitCode.Failed, $"a transfer under load was refused: {fault}.");
        }

        ClientEvent.Settled settled = await result.Settled;
        if (settled.Block.Outcome != Outcome.Success)
        {
            throw new CliException(ExitCode.Failed, $"a transfer under load came to {settled.Block.Outcome}.");
        }
    }

    // Everybody pays the next, so that nobody runs out of money.
    private Task<int> FindReceiverAsync() => host.Service.ReadAsync(
        process => (process.Id % process.Ledger.Accounts.Count) + 1);
}
