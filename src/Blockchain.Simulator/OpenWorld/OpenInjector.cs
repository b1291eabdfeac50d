namespace Blockchain.Simulator;

/// <summary>Lets those faults happen that are events: one after the other, at times and places that the seed
/// gives.</summary>
internal sealed class OpenInjector
{
    private const int LongestMs = 20_000;
    private readonly OpenWorld _world;
    private readonly FaultEvents _events;

    /// <summary>Lists what this world's plan allows.</summary>
    public OpenInjector(OpenWorld world)
    {
        _world = world;
        _events = new FaultEvents(world.Plan, world.Random, world.Schedule, (200, 4 * world.Plan.FaultGapMs));
        _events.Allow(Fault.Partition, Partition);
        _events.Allow(Fault.Crash, Crash);
        _events.Allow(Fault.Pause, Pause);
        _events.Allow(Fault.Loss, BreakOne);
    }

    private Prng Random => _world.Random;

    /// <summary>Begins, if there is anything to do.</summary>
    public void Begin() => _events.Begin();

    /// <summary>Some cannot reach the others, or are not reached by them, or both.</summary>
    private void Partition()
    {
        _world.Coverage.Count(OpenHappening.Partition);
        OpenHost[] island = [.. _world.Hosts.Where(_ => Random.PerMille(400))];
        int direction = Random.Between(0, 3);
        long forMs = Random.Between(500, LongestMs);
        _world.Trace($"(partition for {forMs} ms: {string.Join(' ', island.Select(host => host.Place))})");
        foreach (OpenHost inside in island)
        {
            foreach (OpenHost outside in _world.Hosts.Except(island))
            {
                Cut(inside.Place, outside.Place, direction != 1, forMs);
                Cut(outside.Place, inside.Place, direction != 2, forMs);
            }
        }
    }

    private void Cut(int from, int to, bool isCut, long forMs)
    {
        if (isCut)
        {
            _world.Network.Block(from, to);
            _world.Schedule.After(forMs, () => _world.Network.Unblock(from, to));
        }
    }

    private void Crash()
    {
        OpenHost host = Random.Pick(_world.Hosts);
        if (host.Node is not null)
        {
            _world.Coverage.Count(OpenHappening.Crash);
            host.Kill();
            _world.Schedule.After(Random.Between(20, LongestMs), host.Start);
        }
    }

    private void Pause() => Random.Pick(_world.Hosts).Pause(Random.Between(500, LongestMs));

    private void BreakOne()
    {
        OpenLink[] links = [.. Random.Pick(_world.Hosts).Links];
        if (links.Length > 0)
        {
            Random.Pick(links).Break();
        }
    }
}
