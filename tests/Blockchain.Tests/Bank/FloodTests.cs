using Blockchain.Bank.Service;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Tests.Bank;

/// <summary>A client that sends too much waits for itself and for nobody else.</summary>
public sealed class FloodTests : IAsyncLifetime
{
    private readonly HostedBank _bank = new();

    public Task InitializeAsync() => _bank.InitializeAsync();

    public Task DisposeAsync() => _bank.DisposeAsync();

    [Fact]
    public async Task A_client_that_sends_more_than_the_bank_can_do_waits_and_leaves_room_for_the_others()
    {
        HostedClient alice = await _bank.JoinAsync("alice");
        HostedClient bob = await _bank.JoinAsync("bob");
        using ManualResetEventSlim gate = new();
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<bool> busy = Task.Run(() => _bank.Host.Service.ReadAsync(
            _ =>
            {
                begun.SetResult();
                return gate.Wait(HostedBank.Patience);
            },
            default));
        await begun.Task.WaitAsync(HostedBank.Patience);

        for (int i = 0; i < 2 * BankService.InboxCapacity; i++)
        {
            alice.Send(new ToBank.Heartbeat(bob.Joined.View.Epoch, long.MaxValue));
        }

        bob.Send(new ToBank.Apply(bob.Pay(bob.Joined.View.Epoch, 100, 1, 1_00)));
        Task ended = await Task.WhenAny(alice.Linked, bob.Linked, Task.Delay(TimeSpan.FromMilliseconds(500)));
        gate.Set();

        (await busy).Should().BeTrue();
        ended.Should().NotBe(alice.Linked).And.NotBe(bob.Linked);
        await bob.ExpectAsync<FromBank.Receipt>();
        alice.Send(new ToBank.Apply(alice.Pay(bob.Joined.View.Epoch, 101, 2, 1_00)));
        await alice.ExpectAsync<FromBank.Receipt>();
    }
}
