using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Simulator;

/// <summary>What must always hold, asked after every step. Each check costs no more than what the step
/// changed.</summary>
internal sealed class WorldChecks(World world)
{
    private readonly ExclusionCheck _exclusion = new();
    private readonly List<Hash> _agreed = [];
    private ReplayCheck _ordered = new();
    private ReplayCheck _durable = new();
    private bool _behindBackup;

    /// <summary>Hashes of the ledger that was ever durable: what every settled chain is a prefix of.</summary>
    public IReadOnlyList<Hash> Agreed => _agreed;

    /// <summary>The replay of the durable ledger.</summary>
    public ReplayCheck Durable => _durable;

    /// <summary>The bank has lost what a backup did not have, and has not got it back yet.</summary>
    public bool BehindBackup => _behindBackup;

    /// <summary>Members of the bank's current view.</summary>
    public IReadOnlyCollection<int> Members => _ordered.Members;

    /// <summary>The bank is about to start with what its disk has.</summary>
    public void BankStarts(BankDisk disk)
    {
        if (!_behindBackup && disk.Count < _agreed.Count)
        {
            throw new ViolationException(
                "durability", $"{_agreed.Count} blocks were durable, {disk.Count} are there after the restart");
        }

        _ordered = new ReplayCheck();
        for (int i = 0; i < disk.Count; i++)
        {
            _ordered.Append(disk[i], i, null);
        }

        _durable = new ReplayCheck();
        _exclusion.NewView(0);
        BankCommitted(disk);
    }

    /// <summary>The bank's ledger is about to be replaced by a backup.</summary>
    public void BankFallsBack() => _behindBackup = true;

    /// <summary>The bank's disk has more.</summary>
    public void BankCommitted(BankDisk disk)
    {
        for (int i = _durable.Hashes.Count; i < disk.Count; i++)
        {
            _durable.Append(disk[i], i, null);
            if (i < _agreed.Count && _durable.Hashes[i] != _agreed[i])
            {
                throw new ViolationException("durability", $"block {i} was durable and is another one now");
            }

            if (i == _agreed.Count)
            {
                _agreed.Add(_durable.Hashes[i]);
            }
        }

        _durable.CheckConservation();
        _behindBackup &= disk.Count < _agreed.Count;
    }

    /// <summary>The bank has made a step.</summary>
    public void AfterBankStep(BankHost host, IReadOnlyList<BankOutput> outputs)
    {
        foreach (BankOutput output in outputs)
        {
            if (output is BankOutput.Persist persist)
            {
                Ordered(persist);
            }
            else if (output is BankOutput.Tell tell)
            {
                Told(tell.Event);
            }
            else if (output is BankOutput.Send { Message: FromBank.Receipt receipt })
            {
                Answered(receipt);
            }
        }

        BankProcess bank = host.Process!;
        if (bank.Ledger.Count != _ordered.Hashes.Count || bank.DurableCount > host.Disk.Count)
        {
            throw new ViolationException(
                "bank's ledger",
                $"it has {bank.Ledger.Count} blocks, {bank.DurableCount} of them durable; persisted were "
                + $"{_ordered.Hashes.Count}, flushed {host.Disk.Count}");
        }
    }

    /// <summary>A client has made a step.</summary>
    public void AfterClientStep(ClientHost host, IReadOnlyList<ClientOutput> outputs)
    {
        ClientProcess client = host.Process!;
        long count = client.Ledger.Count;
        if (count > host.SettledSeen)
        {
            host.SettledSeen = count;
            Settled(host, count, client.Ledger.Head);
        }

        foreach (ClientOutput output in outputs)
        {
            if (output is ClientOutput.Tell { Event: ClientEvent.Accepted { Transfer: var transfer } })
            {
                Accepted(host, client, transfer);
            }
            else if (output is ClientOutput.Tell tell)
            {
                Told(host, client, tell.Event);
            }
        }

        if (client.Phase == ClientPhase.Stopped)
        {
            Suspicious(host, "it stopped");
        }
    }

    /// <summary>What is settled was compared with what is durable at the bank before.</summary>
    private static void Accepted(ClientHost host, ClientProcess client, Transfer transfer)
    {
        if (!host.Disk.Keeps(transfer.Id) && !client.Ledger.TryFind(transfer.Id, out _, out _))
        {
            throw new ViolationException(
                "disk first", $"client {host.Id} says that it took {transfer.Id}, which no disk has");
        }
    }

    /// <summary>Whether a liar has a say in the bank's current view.</summary>
    private bool LiarInView() => world.Liar is { Id: not 0 } liar && _ordered.Members.Contains(liar.Id);

    private void Answered(FromBank.Receipt receipt)
    {
        if (receipt.RecordedToken != receipt.Token
            || receipt.FirstIndex < _ordered.Hashes.Count - receipt.Outcomes.Count)
        {
            world.Coverage.Count(Happening.Deduplicated);
        }
    }

    private void Ordered(BankOutput.Persist persist)
    {
        for (int i = 0; i < persist.Blocks.Count; i++)
        {
            Block block = persist.Blocks[i];
            _ordered.Append(block, persist.From + i, persist.Hashes[i]);
            if (block is Block.View view)
            {
                _exclusion.NewView(view.Epoch);
            }
        }
    }

    private void Told(BankEvent told)
    {
        switch (told)
        {
            case BankEvent.Ordered ordered:
                Count(ordered);
                if (!LiarInView())
                {
                    _exclusion.Ordered(ordered.Token);
                }

                break;
            case BankEvent.Refused refused:
                Refused(refused);
                break;
            case BankEvent.ViewMade made:
                world.Coverage.Count(Happening.View);
                world.Users.ViewMade(made.View);
                break;
            case BankEvent.Restored:
                world.Coverage.Count(Happening.RollbackRepaired);
                break;
            case BankEvent.Alarm alarm when world.FindClient(alarm.Client)?.Liar is null:
                throw new ViolationException("alarm",
                    $"the bank accuses client {alarm.Client}: {alarm.Evidence.Explanation}");
        }
    }

    private void Count(BankEvent.Ordered ordered)
    {
        int paid = ordered.Outcomes.Count(outcome => outcome == Outcome.Success);
        world.Coverage.Count(Happening.Success, paid);
        world.Coverage.Count(Happening.Abort, ordered.Outcomes.Count - paid);
        world.Coverage.Count(Happening.Batch, ordered.Outcomes.Count > 1 ? 1 : 0);
    }

    private void Refused(BankEvent.Refused refused)
    {
        if (refused.Reason == Refusal.Epoch)
        {
            world.Coverage.Count(Happening.Fence);
        }

        bool lied = world.Liar is not null && (refused.Client == world.Liar.Id || LiarInView());
        if (!lied && refused.Reason is Refusal.Stale or Refusal.BadSignature or Refusal.Conflict)
        {
            throw new ViolationException(
                $"{refused.Reason} never fires inside a view".ToLowerInvariant(),
                $"the bank refused {refused.Token} of client {refused.Client}");
        }
    }

    private void Told(ClientHost host, ClientProcess client, ClientEvent told)
    {
        switch (told)
        {
            case ClientEvent.Entered entered:
                world.Coverage.Count(Happening.Entered);
                if (!LiarInView())
                {
                    _exclusion.Entered(client.View!.Epoch, entered.Token);
                }

                break;
            case ClientEvent.Left left:
                _exclusion.Left(left.Token);
                break;
            case ClientEvent.Installed installed when client.Ledger.Count <= installed.View.Index
                && world.Options.Rules.HasFlag(ProtocolRules.Catchup):
                throw new ViolationException(
                    "catch-up",
                    $"client {host.Id} installed {installed.View} with {client.Ledger.Count} blocks settled");
            case ClientEvent.Alarm alarm:
                Suspicious(host, alarm.Evidence.Explanation);
                break;
        }
    }

    /// <summary>Nobody has a reason for an alarm: the bank is honest here, and a liar cannot sign for it.</summary>
    private void Suspicious(ClientHost host, string why)
    {
        if (host.Liar is null)
        {
            throw new ViolationException("alarm", $"client {host.Id} ({host.Name}): {why}");
        }
    }

    private void Settled(ClientHost host, long count, Hash head)
    {
        if (count > _agreed.Count || head != _agreed[(int)count - 1])
        {
            throw new ViolationException(
                "agreement",
                $"client {host.Id} has settled {count} blocks with head {head.Short}; durable are {_agreed.Count}"
                + (count > _agreed.Count ? string.Empty : $" with {_agreed[(int)count - 1].Short} there"));
        }
    }
}
