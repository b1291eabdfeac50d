using System.Diagnostics;
using Blockchain.Bank;
using Blockchain.Bank.Service;
using Blockchain.Bank.Store;
using Blockchain.Cli.Ledgers;
using Blockchain.Client.Storage;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Cli.Bench;

/// <summary>Measures whether a block costs the same in a long ledger as in a short one: to insert, to keep, to start
/// from, to verify and to export.</summary>
/// <param name="data">An empty folder for the ledgers.</param>
/// <param name="rounds">How often each is measured; medians are taken.</param>
/// <param name="tell">Takes what is being done.</param>
internal sealed class GrowthRun(string data, int rounds, Action<string> tell)
{
    private const int TailBlocks = 4_000;
    private const int SettleBlocks = 100;
    private const int WarmUpRounds = 25;

    /// <summary>The shortest ledger that can be measured.</summary>
    public const int FewestBlocks = 1_000;

    /// <summary>The longest: about 3 GB on the disk.</summary>
    public const int MostBlocks = 10_000_000;

    /// <summary>Measures ledgers of these numbers of blocks, after unmeasured rounds in which the
    /// platform compiles the code and compiles it better.</summary>
    public async Task<IReadOnlyList<GrowthResult>> RunAsync(IEnumerable<int> counts, CancellationToken cancellation)
    {
        await MeasureAsync(FewestBlocks, WarmUpRounds, cancellation);
        List<GrowthResult> results = [];
        foreach (int count in counts.Distinct().Order())
        {
            results.Add(await MeasureAsync(count, rounds, cancellation));
        }

        return results;
    }

    private async Task<GrowthResult> MeasureAsync(int count, int times, CancellationToken cancellation)
    {
        tell($"making a ledger of {count} blocks");
        string folder = Directory.CreateDirectory(Path.Combine(data, Guid.NewGuid().ToString("n"))).FullName;
        try
        {
            using GrowthLedger ledger = GrowthLedger.Create(folder, count, cancellation);
            tell($"measuring {count} blocks");
            LedgerSource client = new ClientFolderSource("client", ledger.ClientFolderPath);
            LedgerSource bank = new BankFolderSource("bank", ledger.BankFolder.Path);
            return new GrowthResult(count,
            [
                new("insert and settle in order", "insert_us", "us", Insert(ledger, times)),
                new("memory of a client", "client_bytes", "bytes", Memory(ledger) / (double)count),
                new("start of a client", "client_start_us", "us", Time(() => ledger.OpenClient().Dispose())),
                new("start of a bank", "bank_start_us", "us", Time(() => StartBank(ledger))),
                new("verify a client's folder", "verify_client_us", "us", await TimeAsync(() => VerifyAsync(client))),
                new("verify a bank's folder", "verify_bank_us", "us", await TimeAsync(() => VerifyAsync(bank))),
                new("export", "export_us", "us", await TimeAsync(
                    () => LedgerExport.WriteAsync(client, Stream.Null, cancellation))),
            ]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        double Time(Action action) => Stats.Median(Enumerable.Range(0, times).Select(_ =>
        {
            long start = Stopwatch.GetTimestamp();
            action();
            return Stats.Microseconds(Stopwatch.GetTimestamp() - start) / count;
        }));

        async Task<double> TimeAsync(Func<Task> action)
        {
            double[] taken = new double[times];
            for (int i = 0; i < times; i++)
            {
                long start = Stopwatch.GetTimestamp();
                await action();
                taken[i] = Stats.Microseconds(Stopwatch.GetTimestamp() - start) / count;
            }

            return Stats.Median(taken);
        }

        async Task VerifyAsync(LedgerSource source)
        {
            SourceResult result = await Verification.AuditAsync(source, cancellation);
            Invariant.Holds(
                result.Report is { Holds: true } report && report.Count == count,
                $"the generated ledger is good: {result.Failure ?? result.Report?.Fault?.Explanation}");
        }
    }

    // What a block costs at the end of a chain of that length, the client's settled ledger below it.
    private static double Insert(GrowthLedger ledger, int times)
    {
        IReadOnlyList<Block> tail = ledger.MakeTail(TailBlocks);
        int bytes = tail.Sum(block => block.Canonical.Length);
        Invariant.Holds(bytes > 0, "the blocks are encoded before the clock runs");
        double[] taken = new double[times];
        for (int i = 0; i < times; i++)
        {
            using ClientFolder folder = ledger.OpenClient();
            LedgerChain chain = new(folder.Ledger);
            long first = chain.SettledCount;
            long start = Stopwatch.GetTimestamp();
            for (int j = 0; j < tail.Count; j++)
            {
                chain.Insert(tail[j], first + j);
                if ((j + 1) % SettleBlocks == 0)
                {
                    chain.Settle(first + j, chain.Provisional[^1].Hash, static (_, _, _) => { });
                }
            }

            taken[i] = Stats.Microseconds(Stopwatch.GetTimestamp() - start) / tail.Count;
            Invariant.Holds(chain.SettledCount == first + tail.Count, "every block of the tail is settled");
        }

        return Stats.Median(taken);
    }

    private static long Memory(GrowthLedger ledger)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        using ClientFolder folder = ledger.OpenClient();
        long after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(folder);
        return after - before;
    }

    private static void StartBank(GrowthLedger ledger)
    {
        using SqliteLedgerStore store = SqliteLedgerStore.Open(ledger.BankFolder);
        BankStart.From(
            store, ledger.BankKeys.PublicKey, ledger.BankKeys.Sign,
            static (_, _, _) => Task.FromResult<IReadOnlyList<Block>>([]),
            new BankOptions { DataDirectory = ledger.BankFolder.Path });
        store.Close();
    }
}
