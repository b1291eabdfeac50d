using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Simulator;

/// <summary>What must hold at the end, when the faults are over and everybody has had time.</summary>
internal static class FinalCheck
{
    /// <summary>Whether everything has come to rest where it should.</summary>
    public static bool IsDone(World world) => Obstacle(world) is null;

    /// <summary>Checks the end.</summary>
    /// <exception cref="ViolationException">Something is unfinished, unequal or out of order.</exception>
    public static void Run(World world)
    {
        if (Obstacle(world) is { } obstacle)
        {
            throw new ViolationException("progress", $"{obstacle}, long after the last fault");
        }

        CheckTransfers(world);
        CheckSignatures(world.Bank.Disk);
        HistoryCheck.Check(world.Users.Transfers.Values.Where(one => one.Client.Liar is null), world.Users.Reads);
    }

    /// <summary>What is not yet as it must be in the end, null for nothing.</summary>
    private static string? Obstacle(World world)
    {
        BankProcess? bank = world.Bank.Process;
        if (bank is null || bank.DurableCount != bank.Ledger.Count || bank.Ledger.Count == 0)
        {
            return "the bank has blocks that are not durable";
        }

        foreach (ClientHost client in world.Clients)
        {
            if (client.Liar is null && Obstacle(client, bank) is { } obstacle)
            {
                return FormattableString.Invariant($"client {client.Id} ({client.Name}) {obstacle}");
            }
        }

        return null;
    }

    private static string? Obstacle(ClientHost host, BankProcess bank)
    {
        if (host.Process is not { } client || client.Phase != ClientPhase.Member)
        {
            return $"is not a member but {host.Process?.Phase}";
        }

        if (client.Pending.Count > 0 || client.Queue.Count > 0)
        {
            return $"has {client.Pending.Count} transfers unsettled and {client.Queue.Count} requests in its queue: "
                + string.Join(", ", client.Why().Conditions.Select(one => $"{one.Text}: {one.Holds}, {one.Because}"));
        }

        if (client.Ledger.Count != bank.Ledger.Count || client.Ledger.Head != bank.Ledger.Head)
        {
            return $"has {client.Ledger.Count} blocks settled, the bank {bank.Ledger.Count}";
        }

        return client.Chain.Provisional.Count > 0
            ? $"has {client.Chain.Provisional.Count} blocks that never settle" : null;
    }

    private static void CheckTransfers(World world)
    {
        BankDisk disk = world.Bank.Disk;
        Dictionary<TransferId, long> places = [];
        for (int i = 0; i < disk.Count; i++)
        {
            if (disk[i] is Block.Payment payment)
            {
                places.Add(payment.Transfer.Id, i);
                CheckPayment(world, payment, i);
            }
        }

        foreach ((TransferId id, TransferOperation operation) in world.Users.Transfers)
        {
            bool there = places.TryGetValue(id, out long index);
            bool forgotten = operation.Client.Disk.HasForgotten(id);
            if (operation.Client.Liar is null && operation.Accepted && !there && !forgotten)
            {
                throw new ViolationException("nothing lost",
                    $"{id} of {operation.Client.Name} was accepted and has no block");
            }

            if (operation.Index is { } told && (!there || told != index))
            {
                throw new ViolationException("nothing lost", $"{id} was settled at block {told} and is not there");
            }

            operation.Index = there ? index : null;
        }
    }

    private static void CheckPayment(World world, Block.Payment payment, long index)
    {
        Transfer transfer = payment.Transfer;
        bool known = world.Users.Transfers.TryGetValue(transfer.Id, out TransferOperation? operation);
        bool asked = known && !operation!.Rejected && operation.Client.Id == transfer.From
            && operation.To == transfer.To && operation.Amount == transfer.Amount;
        if (!asked && world.FindClient(transfer.From)?.Liar is null)
        {
            throw new ViolationException("authority", $"nobody asked for block {index}, {TraceText.Of(payment)}");
        }
    }

    private static void CheckSignatures(BankDisk disk)
    {
        Dictionary<int, PublicKey> keys = [];
        Hash ledger = disk[0].HashAfter(Hash.Empty);
        for (int i = 0; i < disk.Count; i++)
        {
            if (disk[i] is Block.Open open)
            {
                keys.Add(open.Account, open.PublicKey);
            }
            else if (disk[i] is Block.Payment { Key.Seq: 0 } first)
            {
                CheckSignature(disk, i, first, keys, ledger);
            }
        }
    }

    private static void CheckSignature(
        BankDisk disk, int start, Block.Payment first, Dictionary<int, PublicKey> keys, Hash ledger)
    {
        Token token = first.Key.Token;
        List<Transfer> transfers = [];
        for (int i = start; i < disk.Count && disk[i] is Block.Payment payment && payment.Key.Token == token; i++)
        {
            transfers.Add(payment.Transfer);
        }

        Hash digest = SignedRequest.Digest(ledger, first.Epoch, token, transfers);
        if (!SimulatedSignatures.Instance.Verify(keys[token.Client], digest, first.Signature!.Value))
        {
            throw new ViolationException("authority",
                $"the request at block {start} is not signed by client {token.Client}");
        }
    }
}
