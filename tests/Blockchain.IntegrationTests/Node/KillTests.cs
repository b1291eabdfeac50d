using System.Diagnostics;
using System.Net;
using Blockchain.IntegrationTests.Faults;
using Blockchain.IntegrationTests.Support;
using Blockchain.Wire.Http;
using Xunit.Abstractions;

namespace Blockchain.IntegrationTests.Node;

/// <summary>
/// A node that is killed (SIGKILL) again and again: while it mines, takes messages, fetches blocks, and changes from
/// its own branch to a better one. BLOCKCHAIN_NODE_ROUNDS asks for more rounds, BLOCKCHAIN_FAULT_SEED for others.
/// </summary>
[Collection(ProcessFaults.Name)]
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    // Nobody listens there: the two reach one another through the proxy alone.
    private static readonly string[] Unreachable = ["--advertise", "127.0.0.2"];
    private readonly TempFolder _data = new();
    private readonly HashSet<string> _taken = [];
    private int _heightOnDisk;

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_node_killed_at_any_instant_comes_back_valid_asks_only_for_what_it_lacks_and_forgets_nothing()
    {
        int rounds = ProcessFaults.Number("BLOCKCHAIN_NODE_ROUNDS", 4);
        int seed = ProcessFaults.Seed + 10;
        Random random = new(seed);
        Stopwatch watch = Stopwatch.StartNew();
        await using NodeProcess steady = await NodeProcess.StartAsync(
            _data, "steady", [.. Unreachable, .. NodeProcess.Mining(1, 60)]);
        await using CutProxy proxy = new(
            new IPEndPoint(IPAddress.Loopback, 0), new IPEndPoint(IPAddress.Loopback, steady.Address.Port), seed);
        string[] peer = [.. Unreachable, "--peer", $"http://{proxy.EndPoint}"];
        long fetched = 0;
        for (int round = 0; round < rounds; round++)
        {
            proxy.Hold(Direction.Both);
            await using NodeProcess victim = await NodeProcess.StartAsync(
                _data, "victim", [.. peer, "--tcp", "0", .. NodeProcess.Mining(2, 60)]);
            victim.FirstHeight.Should().BeGreaterThanOrEqualTo(_heightOnDisk, "of seed {0}, round {1}", seed, round);
            Task sending = SendAsync(victim, round);
            await Task.Delay(random.Next(50, 600));
            Lack lack = await LackAsync(victim, steady);
            proxy.Hold(Direction.None);
            if (round % 2 == 0)
            {
                // In the middle of its change to the better branch, or a little before or after.
                await Task.Delay(random.Next(250));
            }
            else
            {
                fetched += await CheckFetchedAsync(victim, steady, lack, seed);
                await Task.Delay(random.Next(100));
            }

            victim.Process.Kill();
            await sending;
        }

        await using NodeProcess back = await NodeProcess.StartAsync(_data, "victim", peer);
        back.FirstHeight.Should().BeGreaterThanOrEqualTo(_heightOnDisk, "of seed {0}", seed);
        await CheckAsync(back, steady);
        int reorganizations = File.ReadLines(_data.Sub("nodes", "victim", "node.log"))
            .Count(static line => line.Contains("Reorganization from", StringComparison.Ordinal));
        reorganizations.Should().BePositive("of seed {0}", seed);
        output.WriteLine(
            $"{rounds} kills in {watch.Elapsed.TotalSeconds:0} s, seed {seed}: {reorganizations} reorganizations at "
            + $"the victim, {_taken.Count} messages taken by it and each in one block, {fetched} blocks fetched");
    }

    // What the victim has not got of the other's chain, while nothing passes between them.
    private static async Task<Lack> LackAsync(NodeProcess victim, NodeProcess steady)
    {
        List<string> own = await ReadHashesAsync(victim);
        long mined = await steady.CountAsync("blockchain_blocks_mined_total");
        List<string> other = await ReadHashesAsync(steady);
        int common = own.Zip(other).TakeWhile(static pair => pair.First == pair.Second).Count();
        return new Lack(other.Count - common, mined);
    }

    private static async Task<long> CheckFetchedAsync(
        NodeProcess victim, NodeProcess steady, Lack lack, int seed)
    {
        await Conditions.UntilAsync(
            async () => await victim.CountAsync("blockchain_blocks_received_total") > 0
                && (await victim.Api.GetInfoAsync(default)).Tip == (await steady.Api.GetInfoAsync(default)).Tip,
            "one tip",
            ProcessRunner.Patience);
        long fetched = await victim.CountAsync("blockchain_blocks_requested_total");
        long mined = await steady.CountAsync("blockchain_blocks_mined_total");
        fetched.Should().BeLessThanOrEqualTo(
            lack.Blocks + mined - lack.MinedBefore, "of seed {0}: only what it lacks", seed);
        return fetched;
    }

    // Until the node is killed. Without nonces, so that no message depends on another.
    private async Task SendAsync(NodeProcess victim, int round)
    {
        using MessageClient client = await MessageClient.ConnectAsync(victim.Tcp, 1);
        for (int i = 0; ; i++)
        {
            // Steps reach the disk in order: with the yes to what comes after it, this height is there, too.
            int? height = i % 8 == 0 ? await TryReadHeightAsync(victim) : null;
            string text = $"round{round}message{i}";
            bool? taken = await client.SendAsync(text);
            if (taken is null)
            {
                return;
            }

            taken.Should().BeTrue();
            _taken.Add(text);
            _heightOnDisk = height ?? _heightOnDisk;
            await Task.Delay(1);
        }
    }

    private static async Task<int?> TryReadHeightAsync(NodeProcess victim)
    {
        try
        {
            return (await victim.Api.GetInfoAsync(default)).Height;
        }
        catch (Exception end) when (end is HttpRequestException or ApiException or IOException)
        {
            return null;
        }
    }

    private async Task CheckAsync(NodeProcess back, NodeProcess steady)
    {
        await NodeProcess.AgreeAsync(steady, back);
        NodeInfoDto info = await back.Api.GetInfoAsync(default);
        info.Supply.Should().Be(50m * info.Height, "money is the rewards");
        Dictionary<string, int> messages = await steady.ReadMessagesAsync();
        messages.Values.Should().OnlyContain(static times => times == 1);
        messages.Keys.Select(static key => key.Split('/')[1]).Should().Contain(_taken, "a yes outlives a kill");
    }

    private static async Task<List<string>> ReadHashesAsync(NodeProcess node)
    {
        const int Page = 2_000;
        List<string> hashes = [];
        for (int? from = 0; from is { } at;)
        {
            HeadersDto page = await node.Api.GetHeadersAsync(at, Page, default);
            hashes.AddRange(page.Headers.Select(static header => header.Hash));
            from = page.Next;
        }

        return hashes;
    }

    private readonly record struct Lack(int Blocks, long MinedBefore);
}
