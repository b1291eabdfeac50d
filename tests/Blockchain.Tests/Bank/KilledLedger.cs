using System.Buffers.Binary;
using Blockchain.Bank.Store;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Tests.Audit;

namespace Blockchain.Tests.Bank;

/// <summary>
/// The folder of a bank that was killed while it wrote: pages of ledger.db that its log replaces and others that it
/// does not, a log in its second round with frames of the first behind it, and a mark.
/// </summary>
internal sealed class KilledLedger
{
    public const int LogHeader = 32;
    public const int FrameHeader = 24;
    private const int EarlierCommits = 60;
    private const int LaterCommits = 20;
    private const int EarlierBatch = 8;

    private readonly SampleLedger _sample = SampleLedger.Create();
    private readonly List<Block> _blocks;
    private long _clock = 10;

    private KilledLedger() => _blocks = [.. _sample.Blocks];

    public required byte[] Database { get; init; }

    public required byte[] Log { get; init; }

    public required byte[] Mark { get; init; }

    /// <summary>Everything that can be read of it.</summary>
    public required string Contents { get; init; }

    /// <summary>The same before its last commit.</summary>
    public required string ContentsBefore { get; init; }

    public int FrameLength => FrameHeader + (int)Word(Log, 8);

    /// <summary>Number of each commit frame of the log's round, from 1.</summary>
    public IReadOnlyList<int> Commits =>
        [.. Enumerable.Range(1, Frames).Where(frame => IsOfRound(frame) && Word(Log, Place(frame) + 4) != 0)];

    public int Frames => (Log.Length - LogHeader) / FrameLength;

    /// <summary>Writes one.</summary>
    /// <param name="checkpointLast">Whether the last commit is a checkpoint and no block.</param>
    public static KilledLedger Create(bool checkpointLast = false)
    {
        using TemporaryFolder folder = new();
        LedgerFolder files = new(folder.Path);
        KilledLedger writing = new() { Database = [], Log = [], Mark = [], Contents = "", ContentsBefore = "" };
        writing.Write(files, checkpointLast, out string before);
        return new KilledLedger
        {
            Database = File.ReadAllBytes(files.Database),
            Log = File.ReadAllBytes(files.WriteAheadLog),
            Mark = File.ReadAllBytes(files.Mark),
            Contents = Read(files),
            ContentsBefore = before,
        };
    }

    /// <summary>Everything that can be read of a folder.</summary>
    public static string Read(LedgerFolder files)
    {
        using LedgerDatabase database = LedgerDatabase.Open(files.Path);
        LedgerState ledger = LedgerReplay.Run(database.ReadBlocks());
        LedgerReplay.CheckAccounts(ledger, database.ReadAccounts());
        return Describe(ledger, database.ReadCheckpoint());
    }

    public static string Describe(LedgerState ledger, Checkpoint? checkpoint) =>
        $"{ledger.Count} blocks, head {ledger.Head}, checkpoint {checkpoint?.Index} {checkpoint?.Hash}";

    public int Place(int frame) => LogHeader + ((frame - 1) * FrameLength);

    public bool IsOfRound(int frame) =>
        Log.AsSpan(Place(frame) + 8, 8).SequenceEqual(Log.AsSpan(16, 8));

    /// <summary>Puts the files into a folder.</summary>
    public void Restore(LedgerFolder files, byte[]? database = null, byte[]? log = null, bool withMark = true)
    {
        File.WriteAllBytes(files.Database, database ?? Database);
        File.WriteAllBytes(files.WriteAheadLog, log ?? Log);
        File.Delete(files.Seal);
        File.Delete(files.Mark);
        if (withMark)
        {
            File.WriteAllBytes(files.Mark, Mark);
        }
    }

    private static uint Word(byte[] bytes, int place) => BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(place));

    private void Write(LedgerFolder files, bool checkpointLast, out string before)
    {
        using SqliteLedgerStore store = SqliteLedgerStore.Open(files);
        store.Append(new LedgerBatch(0, _blocks, Hashes(0), null));
        for (int i = 0; i < EarlierCommits; i++)
        {
            Append(store, EarlierBatch, withCheckpoint: i % 2 == 0);
        }

        store.Query("PRAGMA wal_checkpoint(RESTART)");
        for (int i = 0; i < LaterCommits; i++)
        {
            Append(store, 1 + (i % 3), withCheckpoint: i % 2 == 0);
        }

        before = Describe(LedgerReplay.Run(store), store.Checkpoint);
        if (checkpointLast)
        {
            store.Append(new LedgerBatch(store.Count, [], [], CheckpointAtHead()));
        }
        else
        {
            Append(store, 2, withCheckpoint: true);
        }

        store.Abandon();
    }

    private void Append(SqliteLedgerStore store, int count, bool withCheckpoint)
    {
        int from = _blocks.Count;
        for (int i = 0; i < count; i++)
        {
            int client = 1 + (int)(_clock % 3);
            _blocks.AddRange(_sample.Signed(
                2, new Token(++_clock, client), (1 + (client % 3), 1, Outcome.Success)));
        }

        List<Hash> hashes = Hashes(from);
        store.Append(new LedgerBatch(from, _blocks[from..], hashes, withCheckpoint ? CheckpointAtHead() : null));
    }

    private Checkpoint CheckpointAtHead()
    {
        Hash head = Hashes(_blocks.Count - 1)[0];
        return new Checkpoint(_blocks.Count - 1, head, SampleLedger.Sign(
            _sample.BankKey, Checkpoint.Digest(_sample.LedgerId, _blocks.Count - 1, head)));
    }

    private List<Hash> Hashes(int from) =>
        SampleLedger.HashesOf(_blocks.Select(block => block.Canonical.ToArray()))[from..];
}
