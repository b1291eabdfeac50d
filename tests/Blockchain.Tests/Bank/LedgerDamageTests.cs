using Blockchain.Bank;
using Blockchain.Bank.Hosting;
using Blockchain.Bank.Store;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Tests.Audit;
using Blockchain.Wire.Files;
using Blockchain.Wire.Keys;

namespace Blockchain.Tests.Bank;

/// <summary>A start refuses each kind of damage and names the block; a reader of a stopped bank finds every changed
/// byte.</summary>
public sealed class LedgerDamageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SampleLedger _sample = SampleLedger.Create();

    private LedgerFolder Files => new(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("DELETE FROM ledger WHERE idx = 3", 3, "missing")]
    [InlineData("DELETE FROM ledger WHERE idx = 0", 0, "missing")]
    [InlineData("UPDATE ledger SET hash = zeroblob(32) WHERE idx = 6", 6, "stored hash")]
    [InlineData("UPDATE ledger SET hash = x'00' WHERE idx = 6", 6, "row")]
    [InlineData("UPDATE ledger SET block = zeroblob(60) WHERE idx = 5", 5, "no block")]
    [InlineData("UPDATE ledger SET block = x'' WHERE idx = 5", 5, "row")]
    [InlineData("UPDATE ledger SET block = (SELECT block FROM ledger WHERE idx = 6) WHERE idx = 7", 7, "stored hash")]
    [InlineData("UPDATE accounts SET balance = balance + 1 WHERE id = 2", -1, "account 2")]
    [InlineData("UPDATE accounts SET name = 'mallory' WHERE id = 1", -1, "account 1")]
    [InlineData("UPDATE accounts SET public_key = (SELECT public_key FROM accounts WHERE id = 1) WHERE id = 3", -1,
        "key")]
    [InlineData("DELETE FROM accounts WHERE id = 3", -1, "account 3")]
    [InlineData("DELETE FROM ledger WHERE idx = 10", 10, "checkpoint")]
    [InlineData("INSERT INTO accounts VALUES (4, 'mallory', (SELECT public_key FROM accounts WHERE id = 1), 5)", -1,
        "opens")]
    [InlineData("UPDATE meta SET value = x'0102' WHERE name = 'checkpoint'", 11, "checkpoint")]
    [InlineData("UPDATE meta SET value = 'x' WHERE name = 'format'", 11, "format")]
    [InlineData("DROP TABLE accounts", 11, "tables")]
    [InlineData("DROP TABLE ledger", 0, "tables")]
    public void A_start_names_the_first_bad_block(string damage, long index, string explanation)
    {
        Write(damage: damage, close: false);

        Action start = () =>
        {
            using SqliteLedgerStore store = SqliteLedgerStore.Open(Files);
            LedgerReplay.Run(store);
        };

        IntegrityException fault = start.Should().Throw<IntegrityException>().Which;
        fault.Index.Should().Be(index);
        fault.Message.Should().Contain(explanation);
    }

    [Fact]
    public void A_ledger_that_is_refused_is_not_noted_as_what_is_on_disk()
    {
        Write(damage: "UPDATE ledger SET block = zeroblob(60), hash = zeroblob(32) WHERE idx = 10", close: false);

        BankOptions options = new() { DataDirectory = _folder.Path };
        Directory.CreateDirectory(options.Folder);
        foreach (string file in Directory.GetFiles(_folder.Path))
        {
            File.Move(file, Path.Combine(options.Folder, Path.GetFileName(file)));
        }

        using (KeyPair keys = KeyPair.Create())
        {
            File.WriteAllText(new LedgerFolder(options.Folder).Key, keys.ExportPem());
        }

        Action start = () => BankHost.Build(options);

        start.Should().Throw<IntegrityException>().Where(fault => fault.Index == 10);
        LedgerMark.TryRead(new LedgerFolder(options.Folder), out _, out _).Should().BeFalse();
    }

    [Fact]
    public async Task A_ledger_that_is_accepted_is_noted_before_anything_is_added_to_it()
    {
        BankOptions options = new() { DataDirectory = _folder.Path };
        await using BankHost host = BankHost.Build(options);

        LedgerMark.TryRead(new LedgerFolder(options.Folder), out LedgerMark mark, out _).Should().BeTrue();
        mark.Blocks.Should().Be(0);
    }

    [Fact]
    public void A_rewritten_and_rehashed_ledger_contradicts_its_checkpoint()
    {
        Write(checkpointAt: 9, damage: null, close: false, mutate: blocks =>
        {
            // The abort at 7 never happened; everything behind it is hashed again.
            blocks.RemoveAt(7);
        });

        Action start = () =>
        {
            using SqliteLedgerStore store = SqliteLedgerStore.Open(Files);
            LedgerReplay.Run(store);
        };

        start.Should().Throw<IntegrityException>().Where(fault => fault.Index == 9).WithMessage("*checkpoint*");
    }

    [Fact]
    public void Every_changed_byte_of_a_sealed_ledger_is_found()
    {
        Write(checkpointAt: 10, damage: null, close: true);
        byte[] good = File.ReadAllBytes(Files.Database);
        int unseen = 0;
        using (FileStream file = new(Files.Database, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            for (int i = 0; i < good.Length; i++)
            {
                Put(file, i, (byte)(good[i] ^ (1 << (i % 8))));
                unseen += LedgerSeal.Holds(Files) ? 1 : 0;
                Put(file, i, good[i]);
            }
        }

        unseen.Should().Be(0);
        LedgerSeal.Holds(Files).Should().BeTrue("the file is as it was");
    }

    [Fact]
    public void A_changed_byte_anywhere_is_reported_by_reader_and_start_and_nothing_else_happens()
    {
        const int Stride = 61;
        Write(checkpointAt: 10, damage: null, close: true);
        byte[] good = File.ReadAllBytes(Files.Database);
        for (int i = 0; i < good.Length; i += Stride)
        {
            byte[] bad = [.. good];
            bad[i] ^= 0x5A;
            File.WriteAllBytes(Files.Database, bad);

            AuditFault? fault = Audit();
            fault.Should().NotBeNull("byte {0} was changed", i);
            ((Action)(() => SqliteLedgerStore.Open(Files)))
                .Should().Throw<IntegrityException>("byte {0} was changed", i);
            File.ReadAllBytes(Files.Database).Should().Equal(bad, "a damaged file is left as it was found");
        }
    }

    [Fact]
    public void A_seal_that_does_not_hold_names_no_block_that_is_not_there()
    {
        Write(checkpointAt: 10, damage: null, close: true);
        File.WriteAllText(Files.Seal, new string('0', 64));

        ((Action)(() => SqliteLedgerStore.Open(Files)))
            .Should().Throw<IntegrityException>().Where(fault => fault.Index == -1).WithMessage("*ledger.seal*");
    }

    [Fact]
    public void A_changed_block_is_named_before_the_seal_is()
    {
        Write(checkpointAt: 10, damage: null, close: true);
        byte[] file = File.ReadAllBytes(Files.Database);
        int place = file.AsSpan().IndexOf(_sample.Blocks[6].Canonical.Span);
        place.Should().BePositive();
        file[place + 40] ^= 1;
        File.WriteAllBytes(Files.Database, file);

        ((Action)(() => SqliteLedgerStore.Open(Files)))
            .Should().Throw<IntegrityException>().Where(fault => fault.Index == 6);
        Audit()!.Index.Should().Be(6);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_reader_changes_nothing_and_sees_what_was_committed(bool cleanly)
    {
        Write(checkpointAt: 10, damage: null, close: cleanly);
        Dictionary<string, string> before = Contents();
        if (!cleanly)
        {
            before.Should().ContainKey("ledger.db-wal");
        }

        Audit().Should().BeNull();
        using (LedgerDatabase database = LedgerDatabase.Open(_folder.Path))
        {
            database.ReadBlocks().Should().HaveCount(_sample.Blocks.Count);
            database.ReadAccounts().Should().HaveCount(3);
            database.ReadCheckpoint()!.Index.Should().Be(10);
            database.FindFault(_sample.Blocks.Count).Should().BeNull();
            (database.DescribeDoubt() is null).Should().Be(cleanly);
        }

        Contents().Should().BeEquivalentTo(before);
    }

    [Fact]
    public void A_reader_refuses_the_folder_of_a_running_bank()
    {
        using SqliteLedgerStore store = SqliteLedgerStore.Open(Files);

        Action act = () => LedgerDatabase.Open(_folder.Path);

        act.Should().Throw<StoreFaultException>().WithMessage("*running bank*");
    }

    [Fact]
    public void A_reader_says_when_there_is_no_ledger()
    {
        Action act = () => LedgerDatabase.Open(_folder.Path);

        act.Should().Throw<StoreFaultException>().WithMessage("*no ledger.db*");
    }

    private static void Put(FileStream file, int place, byte value)
    {
        file.Position = place;
        file.WriteByte(value);
        file.Flush();
    }

    private Dictionary<string, string> Contents() => Directory.GetFiles(_folder.Path)
        .ToDictionary(path => Path.GetFileName(path), path => Convert.ToHexString(File.ReadAllBytes(path)));

    /// <summary>As `verify` does it.</summary>
    private AuditFault? Audit()
    {
        LedgerAudit audit = new(new EcdsaP256());
        Checkpoint? checkpoint = null;
        try
        {
            using LedgerDatabase database = LedgerDatabase.Open(_folder.Path);
            foreach (StoredRow row in database.ReadBlocks())
            {
                audit.Add(row.Index, row.Bytes.Span, row.Hash);
            }

            foreach (StoredAccount account in database.ReadAccounts())
            {
                audit.CheckAccount(account.Id, account.Name, account.PublicKey, account.Balance);
            }

            checkpoint = database.ReadCheckpoint();
            if (database.FindFault(audit.Hashes.Count) is { } fault)
            {
                audit.Fail(fault.Index, AuditFaultKind.Unreadable, fault.Explanation);
            }
        }
        catch (IntegrityException fault)
        {
            audit.Fail(fault.Index, AuditFaultKind.Unreadable, fault.Message);
        }

        return audit.Finish(checkpoint).Fault;
    }

    private void Write(string? damage, bool close, int checkpointAt = 10, Action<List<Block>>? mutate = null)
    {
        List<Block> blocks = [.. _sample.Blocks];
        mutate?.Invoke(blocks);
        List<Hash> hashes = SampleLedger.HashesOf(blocks.Select(block => block.Canonical.ToArray()));
        using SqliteLedgerStore store = SqliteLedgerStore.Open(Files);
        store.Append(new LedgerBatch(0, blocks, hashes, _sample.CheckpointAt(checkpointAt)));
        if (damage is not null)
        {
            store.Query(damage);
        }

        if (close)
        {
            store.Close();
        }
        else
        {
            store.Abandon();

            // Who changes rows takes the mark away, too: what is left must show it.
            File.Delete(Files.Mark);
        }
    }
}
