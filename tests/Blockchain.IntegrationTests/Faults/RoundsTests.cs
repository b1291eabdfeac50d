using System.Diagnostics;
using Blockchain.IntegrationTests.Support;
using Xunit.Abstractions;

namespace Blockchain.IntegrationTests.Faults;

/// <summary>
/// Rounds of faults under load, all drawn from one seed. BLOCKCHAIN_FAULT_SEED names another, BLOCKCHAIN_FAULT_ROUNDS
/// asks for more of them, and BLOCKCHAIN_FAULT_KINDS says which.
/// </summary>
[Collection(ProcessFaults.Name)]
public sealed class RoundsTests(ITestOutputHelper output)
{
    private const int Clients = 4;
    private const int Ahead = 4;
    private const int SettledPerRound = 8;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    private enum Kind
    {
        KillBank,
        KillClient,
        StopClient,
        CutBankLink,
        CutPeerLinks,
        Delay,
    }

    [UnixFact]
    public async Task Rounds_of_kills_stops_and_cuts_under_load_lose_nothing()
    {
        int rounds = ProcessFaults.Number("BLOCKCHAIN_FAULT_ROUNDS", 8);
        int seed = ProcessFaults.Seed + 4;
        Random random = new(seed);
        Stopwatch watch = Stopwatch.StartNew();
        await using FaultNetwork network = new(seed, Lease);
        await network.StartAsync(Clients, proxied: true);
        using CancellationTokenSource enough = new();
        Task[] loads = [.. network.Members.Select(member => LoadAsync(member, enough.Token))];

        Dictionary<Kind, int> happened = [];
        foreach (Kind kind in Plan(random, rounds))
        {
            await RoundAsync(network, kind, random);
            happened[kind] = happened.GetValueOrDefault(kind) + 1;
        }

        await enough.CancelAsync();
        await Task.WhenAll(loads);
        ExportedLedger ledger = await network.CheckAsync();
        await network.LeaveAndCheckAsync(ledger);

        network.Members.Should().OnlyContain(member => member.Problems.Count == 0, network.Because);
        network.AcknowledgedCount.Should().BeGreaterThanOrEqualTo(rounds * SettledPerRound, network.Because);
        output.WriteLine(
            $"{rounds} rounds in {watch.Elapsed.TotalSeconds:0} s, seed {seed}: "
            + $"{string.Join(", ", happened.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} {pair.Value}"))}; "
            + $"{network.AcknowledgedCount} outcomes told, {ledger.Transfers} transfers in {ledger.Count} blocks, "
            + "nothing lost");
    }

    /// <summary>Every kind in turn, in an order of the seed, so that a short run has them all.</summary>
    private static IEnumerable<Kind> Plan(Random random, int rounds)
    {
        Kind[] kinds = Environment.GetEnvironmentVariable("BLOCKCHAIN_FAULT_KINDS") is { Length: > 0 } list
            ? [.. list.Split(',').Select(name => Enum.Parse<Kind>(name, ignoreCase: true))]
            : Enum.GetValues<Kind>();
        for (int i = 0; i < rounds; i++)
        {
            if (i % kinds.Length == 0)
            {
                random.Shuffle(kinds);
            }

            yield return kinds[i % kinds.Length];
        }
    }

    /// <summary>One fault in the middle of the load, and then until the load goes on for everyone.</summary>
    private static async Task RoundAsync(FaultNetwork network, Kind kind, Random random)
    {
        await network.WaitForAcknowledgedAsync(network.AcknowledgedCount + random.Next(SettledPerRound));
        Member member = network.Members[random.Next(network.Members.Count)];
        switch (kind)
        {
            case Kind.KillBank:
                await network.KillBankAsync();
                await network.StartBankAsync();
                break;
            case Kind.KillClient:
                await member.KillAsync();
                member.Start();
                break;
            case Kind.StopClient:
                member.Process.Signal(UnixSignal.Stop);
                await network.WaitForEvictionAsync(member);
                member.Process.Signal(UnixSignal.Continue);
                break;
            case Kind.CutBankLink:
                member.BankProxy!.Cut();
                break;
            case Kind.CutPeerLinks:
                member.PeerProxy?.Cut();
                break;
            case Kind.Delay:
                member.BankProxy!.Delay(TimeSpan.FromMilliseconds(random.Next(30)));
                member.PeerProxy?.Delay(TimeSpan.FromMilliseconds(random.Next(30)));
                break;
        }

        int[] told = [.. network.Members.Select(other => other.AcknowledgedCount)];
        for (int i = 0; i < told.Length; i++)
        {
            await network.Members[i].WaitForAcknowledgedAsync(told[i] + (SettledPerRound / Clients));
        }

        member.BankProxy!.Delay(TimeSpan.Zero);
        member.PeerProxy?.Delay(TimeSpan.Zero);
    }

    /// <summary>Load from life to life.</summary>
    private static async Task LoadAsync(Member member, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            ProcessRunner life = member.Process;
            await member.LoadAsync(Ahead, stop);
            while (!stop.IsCancellationRequested && member.Process == life && !member.HasFailed)
            {
                await Conditions.BreatheAsync();
            }
        }
    }
}
