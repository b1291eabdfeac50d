using Blockchain.Core.BankNetwork;

namespace Blockchain.Simulator;

/// <summary>Lets those faults happen that are events: one after the other, at times and places that the seed
/// gives.</summary>
internal sealed class FaultInjector
{
    private const int MaxClients = 6;
    private readonly World _world;
    private readonly FaultEvents _events;

    /// <summary>Lists what this world's plan allows.</summary>
    public FaultInjector(World world)
    {
        _world = world;
        _events = new FaultEvents(world.Plan, world.Random, world.Schedule, (50, world.Plan.FaultGapMs));
        _events.Allow(Fault.Partition, Partition);
        _events.Allow(Fault.Crash, Crash);
        _events.Allow(Fault.BankCrash, CrashBank);
        _events.Allow(Fault.Pause, Pause);
        _events.Allow(Fault.Full, FillDisk);
        _events.Allow(Fault.Skew, Skew);
        _events.Allow(Fault.Join, Join);
        _events.Allow(Fault.Leave, Leave);
        _events.Allow(Fault.Evict, Evict);
        _events.Allow(Fault.Backup, RestoreBackup);
        _events.Allow(Fault.Liar, Lie);
        _events.Allow(Fault.LyingFlush, LosePower);
    }

    private Prng Random => _world.Random;

    /// <summary>Begins, if there is anything to do.</summary>
    public void Begin() => _events.Begin();

    private ClientHost? PickAlive()
    {
        ClientHost client = Random.Pick(_world.Clients);
        return client.Process is null || client.Paused || client.Leaving ? null : client;
    }

    private void Partition()
    {
        int places = _world.Clients.Count;
        int victim = Random.Between(1, places);
        int[] others = Random.Between(0, 3) switch
        {
            0 => [0],
            1 => [Random.Between(0, places)],
            2 => [.. Enumerable.Range(0, places + 1)],
            _ => [.. Enumerable.Range(1, places)],
        };
        bool away = Random.PerMille(800);
        bool back = !away || Random.PerMille(600);
        long forMs = Random.Between(50, 3 * _world.LeaseMs);
        _world.Note(null,
            $"(partition: place {victim} and {string.Join(' ', others)}, "
                + $"{(away ? "out " : "")}{(back ? "in " : "")}for {forMs} ms)");
        _world.Coverage.Count(Happening.Partition);
        foreach (int other in others.Where(other => other != victim))
        {
            Cut(victim, other, away, back, forMs);
        }
    }

    private void Cut(int victim, int other, bool away, bool back, long forMs)
    {
        if (away)
        {
            CutOneWay(victim, other, forMs);
        }

        if (back)
        {
            CutOneWay(other, victim, forMs);
        }

        if (Random.PerMille(850))
        {
            _world.Client(victim).Links.Break(other, Random.Between(2, 1_000));
        }
    }

    private void CutOneWay(int from, int to, long forMs)
    {
        _world.Network.Block(from, to);
        _world.Schedule.After(forMs, () => _world.Network.Unblock(from, to));
    }

    private void Crash()
    {
        if (PickAlive() is { } client)
        {
            _world.Crash(client, "killed");
        }
    }

    private void CrashBank()
    {
        if (_world.Bank.Process is not null)
        {
            _world.CrashBank("killed");
        }
    }

    private void Pause()
    {
        long ms = Random.Between(_world.LeaseMs / 2, 3 * _world.LeaseMs);
        if (Random.PerMille(150))
        {
            if (_world.Bank is { Process: not null, Paused: false })
            {
                _world.Coverage.Count(Happening.Pause, ms > _world.LeaseMs ? 1 : 0);
                _world.Bank.Pause(ms);
            }
        }
        else if (PickAlive() is { } client)
        {
            _world.Coverage.Count(Happening.Pause, ms > _world.LeaseMs ? 1 : 0);
            client.Pause(ms);
        }
    }

    private void FillDisk()
    {
        int place = Random.Between(0, _world.Clients.Count);
        _world.Note(null, $"(the disk at place {place} is full)");
        _world.SetFull(place, true);
        _world.Schedule.After(Random.Between(100, 2_500), () => _world.SetFull(place, false));
    }

    private void Skew()
    {
        ClientHost client = Random.Pick(_world.Clients);
        _world.Coverage.Count(Happening.SkewedClock);
        if (Random.PerMille(200))
        {
            const long DayMs = 86_400_000;
            _world.Bank.WallClockErrorMs = Random.Between(-DayMs, DayMs);
        }
        else if (Random.PerMille(300))
        {
            client.JumpClock(Random.Between(100, 10_000));
        }
        else
        {
            client.Skew(Random.Between(500, 2_000));
        }
    }

    private void Join()
    {
        if (_world.Clients.Count < MaxClients)
        {
            _world.Coverage.Count(Happening.LateJoin);
            _world.AddClient().Start();
        }
    }

    private void Leave()
    {
        if (PickAlive() is { Liar: null } client)
        {
            Leave(client);
            if (Random.PerMille(200))
            {
                LeaveAll();
            }
        }
    }

    /// <summary>At night nobody is there, and that is when backups are made.</summary>
    private void LeaveAll()
    {
        foreach (ClientHost client in _world.Clients.Where(client => client.Process is not null && client.Liar is null))
        {
            Leave(client);
        }
    }

    private void Leave(ClientHost client)
    {
        _world.Coverage.Count(Happening.Departure);
        client.Leave();
        _world.Schedule.After(Random.Between(2_500, 6_000), client.Start);
    }

    private void Evict()
    {
        if (PickAlive() is { Id: not 0 } client && _world.Bank.Process is not null)
        {
            _world.Coverage.Count(Happening.WrongEviction);
            _world.Note(client, "is evicted by the operator");
            _world.Bank.Evict(client.Id);
        }
    }

    /// <summary>The database is replaced by an old copy.</summary>
    private void RestoreBackup()
    {
        BankDisk disk = _world.Bank.Disk;
        IReadOnlyList<int> lonely = Random.PerMille(300) ? disk.CommitsWithoutMembers() : [];
        IReadOnlyList<int> commits = lonely.Count > 0 ? lonely : disk.Commits;
        int backup = commits.Count == 0 ? 0 : Random.Pick(commits);
        if (CanFallBackTo(backup))
        {
            if (disk.MembersAt(backup).Count == 0)
            {
                _world.Coverage.Count(Happening.LonelyRollback);
            }

            _world.Note(null,
                $"(the bank's machine is lost; a backup of {backup} of its {disk.Count} blocks takes its place)");
            _world.Coverage.Count(Happening.Rollback);
            FallBackTo(backup, "its machine is lost");
        }
    }

    /// <summary>The bank's machine loses power, and with it commits since the last flush that did not lie.</summary>
    private void LosePower()
    {
        BankDisk disk = _world.Bank.Disk;
        int[] ends = [.. disk.Commits.Where(end => end >= disk.Safe)];
        int kept = ends.Length == 0 ? 0 : Random.Pick(ends);
        if (CanFallBackTo(kept))
        {
            _world.Note(null,
                $"(the bank loses power; its disk had lied, and {kept} of {disk.Count} durable blocks are left)");
            _world.Coverage.Count(Happening.LostCommit);
            FallBackTo(kept, "it loses power");
        }
    }

    /// <summary>
    /// What is promised when the bank's ledger falls back: nothing is lost if a member of the view that it then ends in
    /// comes back within the lease and holds everything, up to a checkpoint and after it what clients have signed; or,
    /// when that view names nobody, if whoever comes first does. So that is when it is done, others come later, and
    /// nothing else goes wrong until the bank has its ledger back.
    /// </summary>
    private bool CanFallBackTo(int count)
    {
        BankDisk disk = _world.Bank.Disk;
        if (_world.Bank.Process is null || count >= disk.Count)
        {
            return false;
        }

        HashSet<int> members = [.. disk.MembersAt(count)];
        return members.Count > 0
            ? _world.Clients.Any(client => members.Contains(client.Id) && HoldsAll(client, disk))
            : _world.Liar is null
                && _world.Clients.Any(client => disk.KnowsAt(count, client.Key) && HoldsAll(client, disk));
    }

    private void FallBackTo(int count, string why)
    {
        if (_world.Bank.Disk.MembersAt(count).Count == 0)
        {
            KeepOthersAway();
        }

        _world.Checks.BankFallsBack();
        _world.Bank.Kill(why);
        _world.Bank.Disk.FallBackTo(count);
        _world.BeCalm();
        _world.Schedule.After(4 * _world.LeaseMs, () => _world.Plan.Calm = false);
    }

    private void KeepOthersAway()
    {
        BankDisk disk = _world.Bank.Disk;
        foreach (ClientHost client in _world.Clients.Where(client => !HoldsAll(client, disk)))
        {
            client.Kill("it holds less than was lost, and is to come later");
            client.Away = true;
            _world.Schedule.After(2 * _world.LeaseMs, () =>
            {
                client.Away = false;
                client.Start();
            });
        }
    }

    private bool HoldsAll(ClientHost client, BankDisk disk)
    {
        bool isThere = client.Process is not null && !client.Paused && !client.Leaving && client.Liar is null;
        if (!isThere || client.Disk.Blocks < disk.Count)
        {
            return false;
        }

        long covered = client.Disk.Checkpoint?.Index + 1 ?? 0;
        for (long index = covered; index < disk.Count; index++)
        {
            // What a checkpoint does not vouch for, a liar could put other requests of its own in place of.
            if (disk[index] is not Block.Payment || _world.Liar is not null)
            {
                return false;
            }
        }

        return covered > 0;
    }

    private void Lie() => _world.Liar?.Liar?.LieNow();
}
