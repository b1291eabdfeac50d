using Blockchain.Core.BankNetwork;

namespace Blockchain.Simulator;

/// <summary>
/// The people at the clients: they pay, also nobody, too much and hundreds at once, look at balances, and remember
/// exactly what they were told and when.
/// </summary>
internal sealed class Users(World world)
{
    private const long UnixEpochMs = 1_700_000_000_000;
    private const int MaxTransfers = 400;
    private readonly Dictionary<TransferId, TransferOperation> _transfers = [];
    private readonly List<ReadOperation> _reads = [];
    private readonly int _gapMs = world.Random.PerMille(200)
        ? world.Random.Between(3, 40)
        : world.Random.Between(40, 900);
    private readonly int _burstPerMille = world.Random.PerMille(300) ? world.Random.Between(5, 60) : 0;
    private IReadOnlyList<int> _members = [];
    private bool _home;

    /// <summary>Every transfer asked for.</summary>
    public IReadOnlyDictionary<TransferId, TransferOperation> Transfers => _transfers;

    /// <summary>Every balance seen.</summary>
    public IReadOnlyList<ReadOperation> Reads => _reads;

    /// <summary>A user sits down at a client.</summary>
    public void Begin(ClientHost client) => world.Schedule.After(world.Random.Between(1, _gapMs), () =>
    {
        if (!_home)
        {
            Act(client);
            Begin(client);
        }
    });

    /// <summary>Nobody asks for anything any more.</summary>
    public void GoHome() => _home = true;

    /// <summary>What a client tells its user.</summary>
    public void Told(ClientHost client, ClientEvent told)
    {
        switch (told)
        {
            case ClientEvent.Accepted accepted:
                Find(client, accepted.Transfer.Id).Accepted = true;
                world.Coverage.Count(Happening.AcceptedTransfer);
                break;
            case ClientEvent.Rejected rejected:
                Find(client, rejected.Id).Rejected = true;
                world.Coverage.Count(Happening.RejectedTransfer);
                break;
            case ClientEvent.Settled settled:
                Settled(client, settled);
                break;
        }
    }

    /// <summary>The bank has made a view: whoever is missing without a goodbye was evicted.</summary>
    public void ViewMade(ViewInfo view)
    {
        foreach (int member in _members)
        {
            if (view.Members.All(one => one.Id != member) && world.FindClient(member) is { Leaving: false })
            {
                world.Coverage.Count(Happening.Eviction);
            }
        }

        _members = [.. view.Members.Select(one => one.Id)];
    }

    private void Act(ClientHost client)
    {
        if (client.Process is null || client.Paused || client.Leaving)
        {
            return;
        }

        if (world.Random.PerMille(150))
        {
            ReadBalance(client);
            return;
        }

        int count = world.Random.PerMille(_burstPerMille) ? world.Random.Between(20, 200) : 1;
        for (int i = 0; i < count && _transfers.Count < MaxTransfers && client.Process is not null; i++)
        {
            Pay(client);
        }
    }

    private void Pay(ClientHost client)
    {
        Prng random = world.Random;
        long now = world.Schedule.Now;
        TransferId id = new(
            ((UInt128)(ulong)(UnixEpochMs + now) << 80) | ((UInt128)random.Bits() << 16) | (UInt128)_transfers.Count);
        int to = random.PerMille(30) ? random.Between(0, 99) : random.Between(1, world.Clients.Count);
        long deposit = Math.Max(1, world.Deposit.Minor);
        long amount = random.Between(0, 19) switch
        {
            0 => random.Between(deposit, 4 * deposit),
            1 => deposit,
            2 => random.Between(-1, 0),
            _ => random.Between(1, Math.Max(1, deposit / 3)),
        };
        _transfers.Add(id, new TransferOperation(client, to, new Money(amount), now));
        client.Step(new ClientInput.Submit(id, to, new Money(amount), string.Empty, UnixEpochMs + now));
    }

    private void ReadBalance(ClientHost client)
    {
        client.Step(new ClientInput.LocalEvent());
        int account = world.Random.Between(1, world.Clients.Count);
        long invoked = world.Schedule.Now;
        world.Network.Call(
            client.Place,
            0,
            answer =>
            {
                BankHost bank = world.Bank;
                if (bank.Process is not { } process || bank.Paused || world.Checks.BehindBackup)
                {
                    return false;
                }

                long blocks = process.DurableCount;
                Check(account, process.DurableBalance(account)?.Minor, blocks);
                answer(() => Seen(new ReadOperation(invoked, world.Schedule.Now, blocks)));
                return true;
            },
            () => { });
    }

    private void Check(int account, long? seen, long blocks)
    {
        ReplayCheck durable = world.Checks.Durable;
        if (blocks == durable.Hashes.Count && seen != durable.Balance(account))
        {
            throw new ViolationException(
                "read", $"account {account} shows {seen}, the durable ledger gives {durable.Balance(account)}");
        }
    }

    private void Seen(ReadOperation read)
    {
        _reads.Add(read);
        world.Coverage.Count(Happening.BalanceRead);
    }

    private void Settled(ClientHost client, ClientEvent.Settled settled)
    {
        TransferOperation operation = Find(client, settled.Block.Transfer.Id);
        bool agreed = settled.Index < world.Checks.Agreed.Count
            && world.Checks.Agreed[(int)settled.Index] == settled.Hash;
        if (!agreed || operation.Rejected || (operation.Index is { } index && index != settled.Index))
        {
            throw new ViolationException(
                "settled", $"client {client.Id} was told of {settled.Block.Transfer.Id} at block {settled.Index}, "
                + "which is not durable there, was refused before or stands elsewhere");
        }

        operation.Index = settled.Index;
        operation.Returned ??= world.Schedule.Now;
    }

    private TransferOperation Find(ClientHost client, TransferId id) =>
        _transfers.TryGetValue(id, out TransferOperation? operation) && operation.Client == client
            ? operation
            : throw new ViolationException("events",
                $"client {client.Id} speaks of {id}, which its user never asked for");
}
