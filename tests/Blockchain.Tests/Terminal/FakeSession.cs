using System.Threading.Channels;
using Blockchain.Client;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Tests.Network;
using Blockchain.Wire.Http;

namespace Blockchain.Tests.Terminal;

/// <summary>One client of a network in memory, as its user sees it. Nothing moves but by what the user does, so that
/// every answer is always the same.</summary>
internal sealed class FakeSession(TestNetwork network, int id) : IClientSession
{
    private readonly Lock _gate = new();
    private readonly List<Channel<ClientEvent>> _subscribers = [];
    private readonly Dictionary<TransferId, TaskCompletionSource<ClientEvent.Settled>> _waiting = [];
    private readonly TaskCompletionSource _submitted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _bankSought = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _bankReachable = true;
    private int _told = network.Clients[id - 1].Events.Count;
    private ulong _ids;

    public string BankAddress => "127.0.0.1:8000";

    public string LogPath { get; set; } = string.Empty;

    public string? BankTrouble { get; set; }

    public bool BankReachable
    {
        get
        {
            _bankSought.TrySetResult();
            return Volatile.Read(ref _bankReachable);
        }
        set => Volatile.Write(ref _bankReachable, value);
    }

    /// <summary>Completes when somebody asks for the first time whether the bank is there.</summary>
    public Task BankSought => _bankSought.Task;

    /// <summary>Whether a transfer stays where it is when it was accepted.</summary>
    public bool Holds { get; set; }

    /// <summary>Completes with the first transfer that is asked for.</summary>
    public Task Submitted => _submitted.Task;

    /// <summary>What reading blocks and balances fails with.</summary>
    public Exception? Fault { get; set; }

    public VerifyResult Verification { get; set; } =
        new(7, Hash.Empty, new Money(3_000), "equal to the bank's checkpoint at 6", null);

    public bool HasLeft { get; private set; }

    public Task<T> ReadAsync<T>(Func<ClientProcess, T> read)
    {
        lock (_gate)
        {
            return Task.FromResult(read(network[id]));
        }
    }

    public Task<SubmitResult> SubmitAsync(int to, Money amount, string memo)
    {
        lock (_gate)
        {
            TransferId transfer = new(++_ids);
            TaskCompletionSource<ClientEvent.Settled> settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add(transfer, settled);
            network.Feed(id, new ClientInput.Submit(transfer, to, amount, memo, network.NowMs));
            SubmitFault? fault = network.Clients[id - 1].Happened<ClientEvent.Rejected>()
                .LastOrDefault(rejected => rejected.Id == transfer)?.Reason;
            if (!Holds)
            {
                network.RunFor(500);
            }

            Tell();
            _submitted.TrySetResult();
            return Task.FromResult(new SubmitResult(transfer, fault, settled.Task));
        }
    }

    /// <summary>Lets everything that was held happen.</summary>
    public void Release()
    {
        lock (_gate)
        {
            network.RunFor(500);
            Tell();
        }
    }

    /// <summary>Something else happens to the client.</summary>
    public void Happen(ClientEvent happened)
    {
        lock (_gate)
        {
            _subscribers.ForEach(subscriber => subscriber.Writer.TryWrite(happened));
        }
    }

    /// <summary>The client stops.</summary>
    public void Stop() => _subscribers.ForEach(subscriber => subscriber.Writer.TryComplete());

    public Task<AccountDto[]> BalancesAsync(CancellationToken cancellationToken) => Ask(() =>
        Enumerable.Range(1, network.Bank.DurableAccounts).Select(Account).ToArray());

    public Task<AccountDto> BalanceAsync(int account, CancellationToken cancellationToken) => Ask(() =>
        account <= network.Bank.DurableAccounts
            ? Account(account)
            : throw new ApiException(
                404, ProblemTypes.NotFound, "not found", $"there is no account {account}. GET /accounts lists them."));

    public async Task<StoredBlock[]> ReadBlocksAsync(long from, int count)
    {
        if (Fault is not null)
        {
            throw Fault;
        }

        return await ReadAsync(process =>
        {
            List<StoredBlock> blocks = [];
            Hash previous = Hash.Empty;
            foreach (Block block in network.Clients[id - 1].Stored)
            {
                Hash hash = block.HashAfter(previous);
                blocks.Add(new StoredBlock(block, blocks.Count, previous, hash, true));
                previous = hash;
            }

            foreach (ProvisionalBlock block in process.Chain.Provisional)
            {
                blocks.Add(new StoredBlock(block.Block, block.Index, previous, block.Hash, false));
                previous = block.Hash;
            }

            return blocks.Skip((int)from).Take(count).ToArray();
        });
    }

    public ChannelReader<ClientEvent> Subscribe()
    {
        lock (_gate)
        {
            Channel<ClientEvent> subscriber = Channel.CreateUnbounded<ClientEvent>();
            _subscribers.Add(subscriber);
            return subscriber.Reader;
        }
    }

    public Task<VerifyResult> VerifyAsync(CancellationToken cancellationToken) => Task.FromResult(Verification);

    public Task LeaveAsync(CancellationToken cancellationToken)
    {
        HasLeft = true;
        return Task.CompletedTask;
    }

    private async Task<T> Ask<T>(Func<T> answer)
    {
        if (Fault is not null)
        {
            throw Fault;
        }

        return await ReadAsync(_ =>
        {
            network.Feed(id, new ClientInput.LocalEvent());
            return answer();
        });
    }

    private AccountDto Account(int account) => new(
        account, network.Clients[account - 1].Name, network.Bank.DurableBalance(account)!.Value.ToString(), "key");

    private void Tell()
    {
        List<ClientEvent> events = network.Clients[id - 1].Events;
        for (; _told < events.Count; _told++)
        {
            ClientEvent happened = events[_told];
            _subscribers.ForEach(subscriber => subscriber.Writer.TryWrite(happened));
            if (happened is ClientEvent.Settled settled
                && _waiting.Remove(settled.Block.Transfer.Id, out TaskCompletionSource<ClientEvent.Settled>? waiter))
            {
                waiter.SetResult(settled);
            }
        }
    }
}
