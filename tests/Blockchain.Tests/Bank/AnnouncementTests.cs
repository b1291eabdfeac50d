using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Tests.Bank;

/// <summary>A signature that was checked ahead of the sender's turn counts for the request that it was announced for,
/// and for nothing else.</summary>
public sealed class AnnouncementTests : IAsyncLifetime
{
    private readonly HostedBank _bank = new();
    private HostedClient _alice = null!;
    private HostedClient _bob = null!;

    public async Task InitializeAsync()
    {
        await _bank.InitializeAsync();
        _alice = await _bank.JoinAsync("alice");
        _bob = await _bank.JoinAsync("bob");
    }

    public Task DisposeAsync() => _bank.DisposeAsync();

    [Fact]
    public async Task An_announced_request_is_applied_in_its_turn()
    {
        SignedRequest request = Pay(100);

        Announce(request, request.Signature);
        _alice.Send(new ToBank.Apply(request));

        (await _alice.ExpectAsync<FromBank.Receipt>()).Outcomes.Should().Equal(Outcome.Success);
    }

    [Fact]
    public async Task An_announcement_alone_orders_nothing()
    {
        SignedRequest announced = Pay(100);
        SignedRequest later = Pay(101);

        Announce(announced, announced.Signature);
        _alice.Send(new ToBank.Apply(later));

        FromBank.Receipt receipt = await _alice.ExpectAsync<FromBank.Receipt>();
        receipt.Token.Should().Be(later.Token);
        (await _bank.Host.Service.ReadAsync(bank => bank.Ledger.Count, default)).Should().Be(receipt.FirstIndex + 1);
    }

    [Fact]
    public async Task An_announced_signature_of_another_is_refused_in_its_turn()
    {
        SignedRequest request = Pay(100);
        SignedRequest forged = request with { Signature = _bob.Keys.Sign(request.Digest(_bob.Joined.Ledger)) };

        Announce(request, forged.Signature);
        _alice.Send(new ToBank.Apply(forged));

        await ShouldBeRefusedAsync();
    }

    [Fact]
    public async Task Another_request_cannot_use_the_announced_signature()
    {
        SignedRequest announced = Pay(100);
        SignedRequest other = Pay(100, 9_00) with { Signature = announced.Signature };

        Announce(announced, announced.Signature);
        _alice.Send(new ToBank.Apply(other));

        await ShouldBeRefusedAsync();
    }

    [Fact]
    public async Task An_announced_request_with_another_signature_is_refused()
    {
        SignedRequest request = Pay(100);

        Announce(request, request.Signature);
        _alice.Send(new ToBank.Apply(request with { Signature = Pay(102).Signature }));

        await ShouldBeRefusedAsync();
    }

    private SignedRequest Pay(long clock, long minor = 1_00) => _alice.Pay(_bob.Joined.View.Epoch, clock, 2, minor);

    private void Announce(SignedRequest request, Signature signature) =>
        _alice.Send(new ToBank.Announce(request.Digest(_bob.Joined.Ledger), signature));

    private async Task ShouldBeRefusedAsync()
    {
        (await _alice.ExpectAsync<FromBank.Refused>()).Reason.Should().Be(Refusal.BadSignature);
        (await _bank.Api.GetAccountAsync(1, default)).Balance.Should().Be("10.00");
    }
}
