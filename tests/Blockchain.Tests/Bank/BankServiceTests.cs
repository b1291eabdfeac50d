using Blockchain.Bank.Store;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Files;
using Blockchain.Wire.Hosting;

namespace Blockchain.Tests.Bank;

public sealed class BankServiceTests
{
    [Fact]
    public async Task A_request_is_answered_and_later_durable()
    {
        using MemoryLedgerStore store = new();
        await using BankWorld world = new(store);
        BankClient[] clients = await world.JoinAsync("alice", "bob");
        FromBank.NewView view = await clients[1].ExpectAsync<FromBank.NewView>();

        clients[0].Apply(clients[0].Pay(view.View.Epoch, 100, 2, 3_00));

        FromBank.Receipt receipt = await clients[0].ExpectAsync<FromBank.Receipt>();
        receipt.Outcomes.Should().Equal(Outcome.Success);
        FromBank.Durable durable =
            await clients[0].ExpectAsync<FromBank.Durable>(durable => durable.Index >= receipt.FirstIndex);
        store.Read(durable.Index, 1).Should().ContainSingle();
        (await world.Service.ReadAsync(bank => bank.DurableBalance(2), default)).Should().Be(new Money(13_00));
    }

    [Fact]
    public async Task Requests_that_wait_for_the_disk_share_a_transaction()
    {
        const int Requests = 200;
        using SlowStore store = new(new MemoryLedgerStore());
        await using BankWorld world = new(store);
        BankClient[] clients = await world.JoinAsync("alice", "bob");
        FromBank.NewView view = await clients[1].ExpectAsync<FromBank.NewView>();
        long before = world.Service.Commits;
        store.Hold();
        for (int i = 0; i < Requests; i++)
        {
            clients[0].Apply(clients[0].Pay(view.View.Epoch, 100 + i, 2, 1));
        }

        FromBank.Receipt last =
            await clients[0].ExpectAsync<FromBank.Receipt>(receipt => receipt.Token.Clock == 99 + Requests);
        store.Release();
        await clients[0].ExpectAsync<FromBank.Durable>(durable => durable.Index >= last.FirstIndex);

        long commits = world.Service.Commits - before;
        commits.Should().BeInRange(1, 4, "the loop went on while the disk stood still");
        store.Count.Should().Be(last.FirstIndex + 1);
    }

    [Fact]
    public async Task A_failed_commit_ends_the_bank_and_says_why()
    {
        using SlowStore store = new(new MemoryLedgerStore());
        await using BankWorld world = new(store);
        BankClient[] clients = await world.JoinAsync("alice", "bob");
        FromBank.NewView view = await clients[1].ExpectAsync<FromBank.NewView>();

        // Held, since the commit of a checkpoint may come first, and must not end the bank before it is asked.
        store.Hold();
        store.Fail(new StoreFaultException("the disk is full. Make room and start again."));
        clients[0].Apply(clients[0].Pay(view.View.Epoch, 100, 2, 1));
        store.Release();

        Func<Task> running = () => world.Running.WaitAsync(BankWorld.Patience);
        await running.Should().ThrowAsync<StoreFaultException>().WithMessage("*disk is full*");
        store.IsClosed.Should().BeFalse("a store that failed is not closed cleanly");
        world.Service.TryReceive(new BankInput.Evict(1)).Should().BeFalse();
    }

    [Fact]
    public async Task What_was_ordered_before_a_stop_is_durable_after_it()
    {
        using SlowStore store = new(new MemoryLedgerStore());
        await using BankWorld world = new(store);
        BankClient[] clients = await world.JoinAsync("alice", "bob");
        FromBank.NewView view = await clients[1].ExpectAsync<FromBank.NewView>();
        store.Hold();
        clients[0].Apply(clients[0].Pay(view.View.Epoch, 100, 2, 1));
        FromBank.Receipt receipt = await clients[0].ExpectAsync<FromBank.Receipt>();

        Task stopping = world.StopAsync();
        store.Release();
        await stopping;

        store.Count.Should().Be(receipt.FirstIndex + 1);
        store.Checkpoint!.Index.Should().Be(receipt.FirstIndex, "the last checkpoint covers everything");
        store.IsClosed.Should().BeTrue();
        clients[0].CloseReason.Should().Be("the bank stops");
    }

    [Fact]
    public async Task A_second_link_of_a_client_replaces_the_first()
    {
        using MemoryLedgerStore store = new();
        await using BankWorld world = new(store);
        BankClient[] clients = await world.JoinAsync("alice", "bob");
        BankClient second = new(world, "alice") { Joined = clients[0].Joined };

        world.Service.TryAttach(1, second).Should().BeTrue();
        await second.ExpectAsync<FromBank.NewView>();
        world.Service.Detach(1, clients[0]);

        clients[0].CloseReason.Should().Contain("replaced");
        (await world.Service.ReadAsync(bank => bank.IsConnected(1), default)).Should().BeTrue();
    }

    [Fact]
    public async Task A_frame_for_another_member_is_passed_on()
    {
        using MemoryLedgerStore store = new();
        await using BankWorld world = new(store);
        BankClient[] clients = await world.JoinAsync("alice", "bob");
        Frame frame = new(3, 1, 2, 1, 0, 9, PeerMessage.Ack.Instance);

        world.Service.TryReceive(new BankInput.Received(1, new ToBank.Relay(frame))).Should().BeTrue();

        (await clients[1].ExpectAsync<FromBank.Relayed>()).Frame.Should().Be(frame);
    }

    [Fact]
    public async Task The_bank_comes_back_with_what_was_durable()
    {
        using TemporaryFolder folder = new();
        Hash head;
        await using (BankWorld world = new(SqliteLedgerStore.Open(new LedgerFolder(folder.Path))))
        {
            BankClient[] clients = await world.JoinAsync("alice", "bob");
            FromBank.NewView view = await clients[1].ExpectAsync<FromBank.NewView>();
            clients[0].Apply(clients[0].Pay(view.View.Epoch, 100, 2, 3_00, 99_00));
            FromBank.Receipt receipt = await clients[0].ExpectAsync<FromBank.Receipt>();
            receipt.Outcomes.Should().Equal(Outcome.Success, Outcome.InsufficientFunds);
            await world.StopAsync();
            head = receipt.Head;
        }

        using SqliteLedgerStore again = SqliteLedgerStore.Open(new LedgerFolder(folder.Path));
        LedgerState ledger = LedgerReplay.Run(again);

        ledger.Head.Should().Be(head);
        ledger.Accounts.Select(account => account.Balance.Minor).Should().Equal(7_00, 13_00);
    }

    [Fact]
    public async Task A_listener_hears_what_happens_and_one_that_sleeps_is_cut_off()
    {
        using MemoryLedgerStore store = new();
        await using BankWorld world = new(store);
        using Broadcast<BankEvent>.Listener listener = world.Service.Events.Subscribe()!;
        using Broadcast<BankEvent>.Listener sleeper = world.Service.Events.Subscribe()!;
        BankClient[] clients = await world.JoinAsync("alice", "bob");
        FromBank.NewView view = await clients[1].ExpectAsync<FromBank.NewView>();
        for (int i = 0; i < Broadcast<BankEvent>.Capacity + 1; i++)
        {
            clients[0].Apply(clients[0].Pay(view.View.Epoch, 100 + i, 2, 1));
        }

        using CancellationTokenSource timeout = new(BankWorld.Patience);
        bool ordered = false;
        while (!ordered)
        {
            ordered = await listener.Reader.ReadAsync(timeout.Token) is BankEvent.Ordered;
        }

        await clients[0].ExpectAsync<FromBank.Receipt>(
            receipt => receipt.Token.Clock == 100 + Broadcast<BankEvent>.Capacity);
        int heard = 0;
        await foreach (BankEvent _ in sleeper.Reader.ReadAllAsync(timeout.Token))
        {
            heard++;
        }

        heard.Should().Be(Broadcast<BankEvent>.Capacity);
    }
}
