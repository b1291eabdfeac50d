using System.Collections.Concurrent;
using System.Threading.Channels;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Http;

namespace Blockchain.Client.Hosting;

/// <content>What the user of the client asks for.</content>
public sealed partial class ClientService
{
    private readonly ConcurrentDictionary<TransferId, Waiter> _waiters = new();
    private readonly TransferIds _ids = new();
    private volatile string? _bankTrouble;
    private volatile bool _leaving;
    private volatile bool _stopped;

    /// <inheritdoc/>
    public string BankAddress => _options.Bank.IsDefaultPort ? _options.Bank.Host : _options.Bank.Authority;

    /// <inheritdoc/>
    public string LogPath { get; init; } = string.Empty;

    /// <inheritdoc/>
    public bool BankReachable => _bank.IsUp;

    /// <inheritdoc/>
    public string? BankTrouble => _bankTrouble;

    /// <inheritdoc/>
    public async Task<T> ReadAsync<T>(Func<ClientProcess, T> read)
    {
        TaskCompletionSource<T> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool taken = await _inbox.LookAsync(process =>
        {
            try
            {
                result.TrySetResult(read(process));
            }
            catch (Exception fault)
            {
                result.TrySetException(fault);
            }
        }).ConfigureAwait(false);
        if (!taken)
        {
            throw new OperationCanceledException("the client has stopped");
        }

        await Task.WhenAny(result.Task, _running).ConfigureAwait(false);
        return result.Task.IsCompleted
            ? await result.Task.ConfigureAwait(false)
            : throw new OperationCanceledException("the client has stopped");
    }

    /// <inheritdoc/>
    public Task<SubmitResult> SubmitAsync(int to, Money amount, string memo)
    {
        ClientInput.Submit submit = NewSubmit(to, amount, memo);
        Waiter waiter = new(submit.Id);
        _waiters[submit.Id] = waiter;
        ValueTask posting = _inbox.PostAsync(submit, CancellationToken.None);
        return posting.IsCompletedSuccessfully ? AnswerOf(waiter) : AnswerAsync();

        async Task<SubmitResult> AnswerAsync()
        {
            await posting.ConfigureAwait(false);
            return await AnswerOf(waiter).ConfigureAwait(false);
        }
    }

    /// <summary>Asks for the same payment several times, all to be carried together. What becomes of each is told as an
    /// event.</summary>
    /// <param name="to">The account to pay.</param>
    /// <param name="amount">How much, each time.</param>
    /// <param name="memo">A note.</param>
    /// <param name="count">How often.</param>
    public async Task SubmitAsync(int to, Money amount, string memo, int count) => await _inbox.PostAsync(
        new ClientInput.SubmitAll([.. Enumerable.Range(0, count).Select(_ => NewSubmit(to, amount, memo))]),
        CancellationToken.None).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<AccountDto[]> BalancesAsync(CancellationToken cancellationToken)
    {
        await _inbox.PostAsync(new ClientInput.LocalEvent(), cancellationToken).ConfigureAwait(false);
        return await _calls.BalancesAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<AccountDto> BalanceAsync(int account, CancellationToken cancellationToken)
    {
        await _inbox.PostAsync(new ClientInput.LocalEvent(), cancellationToken).ConfigureAwait(false);
        long invokedAt = _history?.NowNs() ?? 0;
        AccountDto answer = await _calls.BalanceAsync(account, cancellationToken).ConfigureAwait(false);
        _history?.Queried(account, answer.Balance, invokedAt);
        return answer;
    }

    /// <inheritdoc/>
    public async Task<StoredBlock[]> ReadBlocksAsync(long from, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        count = Math.Clamp(count, 0, Limits.FetchBlocks);
        (Hash[] hashes, StoredBlock[] provisional) = await ReadAsync(process => Snapshot(process, from, count))
            .ConfigureAwait(false);
        if (hashes.Length <= 1)
        {
            return provisional;
        }

        await _chain.DrainAsync().ConfigureAwait(false);
        IReadOnlyList<Block> blocks = await Task.Run(() => _folder.Chain.Read(from, hashes.Length - 1))
            .ConfigureAwait(false);
        return
        [
            .. blocks.Select((block, i) => new StoredBlock(block, from + i, hashes[i], hashes[i + 1], true)),
            .. provisional,
        ];
    }

    /// <inheritdoc/>
    public ChannelReader<ClientEvent> Subscribe() => _events.Subscribe();

    /// <inheritdoc/>
    public async Task<VerifyResult> VerifyAsync(CancellationToken cancellationToken)
    {
        long count = await ReadAsync(process => process.Chain.SettledCount).ConfigureAwait(false);
        await _chain.DrainAsync().ConfigureAwait(false);
        return await OwnAudit.RunAsync(_folder.Path, count, _calls, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        bool isMember = false;
        if (!_leaving && !_stopped)
        {
            _leaving = true;
            isMember = await ReadAsync(process => process.Phase is ClientPhase.Member or ClientPhase.Installing)
                .ContinueWith(read => read.IsCompletedSuccessfully && read.Result, TaskScheduler.Default)
                    .ConfigureAwait(false);
            await _inbox.PostAsync(new ClientInput.Leave(), cancellationToken).ConfigureAwait(false);
        }

        if (isMember)
        {
            await Task.WhenAny(_left.Task, Task.Delay(LeavePatience, _time, cancellationToken)).ConfigureAwait(false);
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static (Hash[] Hashes, StoredBlock[] Provisional) Snapshot(ClientProcess process, long from, int count)
    {
        long settled = process.Chain.SettledCount;
        int stored = (int)Math.Clamp(settled - from, 0, count);
        Hash[] hashes = new Hash[stored == 0 ? 0 : stored + 1];
        for (int i = 0; i < hashes.Length; i++)
        {
            hashes[i] = from + i == 0 ? Hash.Empty : process.Ledger.Hashes[from + i - 1];
        }

        IReadOnlyList<ProvisionalBlock> provisional = process.Chain.Provisional;
        int first = (int)Math.Min(Math.Max(0, from - settled), provisional.Count);
        int number = Math.Min(count - stored, provisional.Count - first);
        StoredBlock[] blocks = new StoredBlock[number];
        for (int i = 0; i < number; i++)
        {
            ProvisionalBlock block = provisional[first + i];
            Hash previous = first + i == 0 ? process.Ledger.Head : provisional[first + i - 1].Hash;
            blocks[i] = new StoredBlock(block.Block, block.Index, previous, block.Hash, false);
        }

        return (hashes, blocks);
    }

    private ClientInput.Submit NewSubmit(int to, Money amount, string memo)
    {
        long unixMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        return new ClientInput.Submit(_ids.Next(unixMs), to, amount, memo, unixMs);
    }

    private void Answer(TransferId id, SubmitFault? fault)
    {
        if (!_waiters.TryGetValue(id, out Waiter? waiter))
        {
            return;
        }

        if (fault is not null)
        {
            _waiters.TryRemove(id, out _);
            waiter.Settled.TrySetCanceled();
        }

        waiter.Answered.TrySetResult(new SubmitResult(id, fault, waiter.Settled.Task));
    }

    private void Settle(ClientEvent.Settled settled)
    {
        if (_waiters.TryRemove(settled.Block.Transfer.Id, out Waiter? waiter))
        {
            waiter.Answered.TrySetResult(new SubmitResult(waiter.Id, null, waiter.Settled.Task));
            waiter.Settled.TrySetResult(settled);
        }
    }

    private void CancelWaiters()
    {
        _stopped = true;
        foreach (Waiter waiter in _waiters.Values)
        {
            waiter.Cancel();
        }

        _waiters.Clear();
    }

    private Task<SubmitResult> AnswerOf(Waiter waiter)
    {
        if (_stopped)
        {
            // Posted behind the loop's end: nobody will answer.
            waiter.Cancel();
        }

        return waiter.Answered.Task;
    }

    private sealed class Waiter(TransferId id)
    {
        public TransferId Id { get; } = id;

        public TaskCompletionSource<SubmitResult> Answered { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<ClientEvent.Settled> Settled { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Cancel()
        {
            Answered.TrySetCanceled();
            Settled.TrySetCanceled();
        }
    }
}
