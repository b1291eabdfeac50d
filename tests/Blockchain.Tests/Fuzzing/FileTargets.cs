using System.Buffers.Binary;
using System.Text;
using Blockchain.Bank.Store;
using Blockchain.Client.Hosting;
using Blockchain.Client.Storage;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Files;
using Microsoft.Data.Sqlite;

namespace Blockchain.Tests.Fuzzing;

/// <summary>What a disk gives back, in a folder of its own.</summary>
internal sealed class FileTargets : IDisposable
{
    private const int ChecksumBytes = 4;
    private const int IntentPrefixBytes = 2;
    private readonly string _folder = Directory.CreateTempSubdirectory("blockchain-fuzz-").FullName;

    public IReadOnlyList<FuzzTarget> All =>
    [
        new("chain-file", 500, [Chain()], TakesChain) { Repair = RepairChain },
        new("mark-file", 1_000, Marks(), TakesMark) { Repair = bytes => RepairEnd(bytes) },
        new("intents-file", 300, Intents(), TakesIntents) { Repair = RepairIntents },
        new("identity-file", 300, [Identity()], TakesIdentity),
        new("history-file", 300, [History()], TakesHistory),
        new("ledger-db", 150, [Database()], TakesDatabase),
    ];

    private string ChainPath => ClientFolder.ChainPath(_folder);

    private string IntentPath => Path.Combine(_folder, "intents.log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static byte[] History() => Encoding.UTF8.GetBytes(
        """
        {"process":"anna","op":"transfer","args":{"txid":"000000000000000000000000000000ff","from":1,"to":2,
        "amount":"2.50"},"result":"unknown","invoke_ns":5,"return_ns":null,"index":null}
        {"process":"anna","op":"balance","args":{"account":2},"result":"10.00","invoke_ns":6,"return_ns":7,"index":null}

        """.ReplaceLineEndings("\n").Replace(",\n", ",", StringComparison.Ordinal));

    private bool TakesHistory(byte[] bytes)
    {
        string path = Path.Combine(_folder, "history.jsonl");
        File.WriteAllBytes(path, bytes);
        try
        {
            using (HistoryWriter history = new(path, "anna", TimeProvider.System))
            {
                history.Queried(1, "1.00", 0);
            }

            using HistoryWriter again = new(path, "anna", TimeProvider.System);
            return true;
        }
        catch (StoreFaultException)
        {
            File.ReadAllBytes(path).Should().Equal(bytes, "what is refused is left alone");
            return false;
        }
    }

    private static byte[] Chain()
    {
        CanonicalWriter writer = new();
        writer.Raw(ChainFormat.Header(Samples.LedgerId));
        for (int i = 0; i < Samples.Blocks.Count; i++)
        {
            ChainFormat.WriteRecord(writer, Samples.Blocks[i], Samples.Hashes[i]);
        }

        return writer.ToArray();
    }

    private bool TakesChain(byte[] bytes)
    {
        File.WriteAllBytes(ChainPath, bytes);
        ChainAudit.Run(_folder, long.MaxValue, out bool isTorn, default).Count.Should().BeGreaterThanOrEqualTo(0);
        using ChainFile chain = ChainFile.Open(ChainPath, null, out LedgerState ledger);
        chain.Count.Should().Be(ledger.Count);
        Hash head = chain.Read(0, int.MaxValue).Aggregate(Hash.Empty, static (hash, block) => block.HashAfter(hash));
        head.Should().Be(ledger.Head, "what is kept can be read again");
        bytes.AsSpan().StartsWith(File.ReadAllBytes(ChainPath)).Should().BeTrue("only an end is ever cut off");
        return !isTorn && ledger.Count > 0 && File.ReadAllBytes(ChainPath).Length == bytes.Length;
    }

    // Checksums, and the hashes of the chain.
    private static void RepairChain(byte[] bytes)
    {
        if (bytes.Length < ChainFormat.HeaderBytes)
        {
            return;
        }

        RepairEnd(bytes.AsSpan(0, ChainFormat.HeaderBytes));
        Hash head = Hash.Empty;
        Span<byte> rest = bytes.AsSpan(ChainFormat.HeaderBytes);
        while (rest.Length >= ChainFormat.PrefixBytes)
        {
            RepairEnd(rest[..ChainFormat.PrefixBytes]);
            if (!ChainFormat.TryReadPrefix(rest, out int length)
                || rest.Length < ChainFormat.PrefixBytes + length + Hash.Size)
            {
                return;
            }

            rest = rest[ChainFormat.PrefixBytes..];
            head = Hash.Link(head, rest[..length]);
            head.CopyTo(rest[length..]);
            rest = rest[(length + Hash.Size)..];
        }
    }

    private static byte[][] Marks() =>
        [Samples.Of("checkpoint file", "bytes"), Samples.Of("checkpoint file", "without checkpoint")];

    private bool TakesMark(byte[] bytes)
    {
        string path = ClientFolder.MarkPath(_folder);
        File.WriteAllBytes(path, bytes);
        try
        {
            StoredMark mark = CheckpointFile.Read(path)!;
            CheckpointFile.Encode(mark).Should().Equal(bytes, "a value has one encoding");
            JudgesChain(mark);
            return true;
        }
        catch (Exception fault) when (fault is IntegrityException or StoreFaultException)
        {
            return false;
        }
    }

    private void JudgesChain(StoredMark mark)
    {
        File.WriteAllBytes(ChainPath, Chain());
        ChainAudit.Run(_folder, long.MaxValue, out _, default).Count.Should().Be(Samples.Blocks.Count);
        try
        {
            using ChainFile chain = ChainFile.Open(ChainPath, mark, out _);
            chain.Count.Should().Be(Samples.Blocks.Count);
        }
        catch (IntegrityException)
        {
            // The mark is of another chain.
        }
    }

    private byte[][] Intents()
    {
        Transfer[] transfers = [.. Samples.Blocks.OfType<Block.Payment>().Select(payment => payment.Transfer)];
        File.Delete(IntentPath);
        using (IntentLog log = IntentLog.Open(IntentPath, out _))
        {
            Array.ForEach(transfers, log.Accept);
            log.Settle(transfers[1].Id);
            log.Flush(durably: false);
        }

        return [Samples.Of("intents.log", "bytes"), File.ReadAllBytes(IntentPath)];
    }

    private bool TakesIntents(byte[] bytes)
    {
        File.WriteAllBytes(IntentPath, bytes);
        try
        {
            IntentLog.Open(IntentPath, out IReadOnlyList<Transfer> open).Dispose();
            open.Select(transfer => transfer.Id).Should().OnlyHaveUniqueItems();
            IntentLog.Open(IntentPath, out IReadOnlyList<Transfer> again).Dispose();
            again.Should().Equal(open, "what was read is kept");
            return true;
        }
        catch (IntegrityException)
        {
            return false;
        }
    }

    private static void RepairIntents(byte[] bytes)
    {
        Span<byte> rest = bytes;
        while (rest.Length > IntentPrefixBytes)
        {
            int size = IntentPrefixBytes + BinaryPrimitives.ReadUInt16BigEndian(rest) + ChecksumBytes;
            if (size > rest.Length)
            {
                return;
            }

            RepairEnd(rest[..size]);
            rest = rest[size..];
        }
    }

    private byte[] Identity()
    {
        string path = Path.Combine(_folder, "identity.json");
        new ClientIdentity("alice", "http://127.0.0.1:8000", 1, Samples.LedgerId, Samples.BankKey).Write(path);
        return File.ReadAllBytes(path);
    }

    private bool TakesIdentity(byte[] bytes)
    {
        string path = Path.Combine(_folder, "identity.json");
        File.WriteAllBytes(path, bytes);
        try
        {
            ClientIdentity identity = ClientIdentity.Read(path)!;
            identity.Write(path);
            ClientIdentity.Read(path).Should().Be(identity);
            return true;
        }
        catch (StoreFaultException)
        {
            return false;
        }
    }

    private byte[] Database()
    {
        LedgerFolder folder = new(_folder);
        Remove(folder);
        using (SqliteLedgerStore store = SqliteLedgerStore.Open(folder))
        {
            store.Append(new LedgerBatch(0, Samples.Blocks, Samples.Hashes, Samples.Checkpoint));
            store.Close();
        }

        return File.ReadAllBytes(folder.Database);
    }

    // Without its seal, which would find every change first.
    private bool TakesDatabase(byte[] bytes)
    {
        LedgerFolder folder = new(_folder);
        Remove(folder);
        File.WriteAllBytes(folder.Database, bytes);
        LedgerAudit audit = new(new EcdsaP256());
        try
        {
            using LedgerDatabase database = LedgerDatabase.Open(_folder);
            foreach (StoredRow row in database.ReadBlocks())
            {
                audit.Add(row.Index, row.Bytes.Span, row.Hash);
            }

            LedgerReplay.CheckAccounts(audit.Ledger, database.ReadAccounts());
            return audit.Finish(database.ReadCheckpoint()).Fault is null;
        }
        catch (Exception fault) when (fault is IntegrityException or StoreFaultException)
        {
            return false;
        }
    }

    private static void Remove(LedgerFolder folder)
    {
        SqliteConnection.ClearAllPools();
        Array.ForEach([folder.Database, folder.WriteAheadLog, folder.Database + "-shm", folder.Seal], File.Delete);
    }

    private static void RepairEnd(Span<byte> bytes)
    {
        if (bytes.Length >= ChecksumBytes)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes[^ChecksumBytes..],
                ChainFormat.Checksum(bytes[..^ChecksumBytes]));
        }
    }
}
