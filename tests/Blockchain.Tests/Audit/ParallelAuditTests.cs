using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Audit;

namespace Blockchain.Tests.Audit;

/// <summary>The audit on all cores says what the audit of one block after another says, whatever is wrong and wherever
/// it stands in its pages.</summary>
public sealed class ParallelAuditTests
{
    private const int First = 11;
    private const int RequestLength = 10;
    private const int Requests = 220;

    private static readonly Lazy<IReadOnlyList<Block>> Blocks = new(MakeBlocks);

    [Fact]
    public void A_good_ledger_of_several_pages_holds()
    {
        AuditReport report = OnAllCores(Hashed(Blocks.Value));

        report.Fault.Should().BeNull();
        report.Count.Should().Be(First + (RequestLength * Requests)).And.BeGreaterThan(2 * BlockPage.MaxRecords);
        report.Should().Be(OneByOne(Hashed(Blocks.Value)));
    }

    [Fact]
    public void Of_two_false_signatures_and_a_broken_link_the_first_in_the_ledger_is_told()
    {
        // Requests 3 and 200 are checked in different lots, and the link breaks while the first lot is under way.
        List<Record> records = Hashed(WithMore(WithMore(Blocks.Value, StartOf(200)), StartOf(3)));
        records[StartOf(210)].Canonical[^1] ^= 1;

        AuditReport report = OnAllCores(records);

        report.Fault!.Kind.Should().Be(AuditFaultKind.BadSignature);
        report.Fault.Index.Should().Be(StartOf(3));
        report.Should().Be(OneByOne(records));
    }

    [Fact]
    public void A_hash_that_fits_only_the_changed_hash_before_it_does_not_count()
    {
        // From the change on every stored hash fits its neighbours, and none the blocks before.
        List<Record> records = Hashed(Blocks.Value);
        int changed = BlockPage.MaxRecords - 1;
        Hash head = Hash.Of("another"u8);
        for (int i = changed; i < records.Count; i++)
        {
            head = i == changed ? head : Hash.Link(head, records[i].Canonical);
            records[i] = records[i] with { Stored = head };
        }

        ParallelAudit audit = new();
        AuditReport report = Run(audit, records);

        report.Fault!.Index.Should().Be(changed);
        report.Should().Be(OneByOne(records));
        audit.Ledger.Hashes[changed].Should().Be(Hashed(Blocks.Value)[changed].Stored, "hashes are those of the bytes");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Whatever_is_damaged_both_audits_say_the_same(int seed)
    {
        Random random = new(seed);
        for (int round = 0; round < 6; round++)
        {
            List<Record> records = Hashed(random.Next(2) == 0
                ? Blocks.Value
                : WithMore(Blocks.Value, StartOf(random.Next(Requests)) + random.Next(RequestLength)));
            for (int damages = random.Next(3); damages >= 0; damages--)
            {
                Damage(records, random);
            }

            OnAllCores(records).Should().Be(OneByOne(records), "seed {0}, round {1}", seed, round);
        }
    }

    [Fact]
    public void What_the_source_throws_comes_behind_what_it_gave()
    {
        List<Record> records = Hashed(WithMore(Blocks.Value, StartOf(3)));
        ParallelAudit audit = new();

        Action run = () => audit.Run(Broken(records.Take(1_500)), AddTo, default);

        run.Should().Throw<InvalidDataException>();
        audit.Ledger.Hashes.Count.Should().Be(1_500);
        audit.Ledger.Fault!.Index.Should().Be(StartOf(3));
    }

    private static IEnumerable<Record> Broken(IEnumerable<Record> records)
    {
        foreach (Record record in records)
        {
            yield return record;
        }

        throw new InvalidDataException();
    }

    private static void Damage(List<Record> records, Random random)
    {
        int place = random.Next(records.Count);
        Record record = records[place];
        switch (random.Next(5))
        {
            case 0:
                byte[] changed = [.. record.Canonical];
                changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
                records[place] = record with { Canonical = changed };
                break;
            case 1:
                records[place] = record with { Stored = Hash.Of([1]) };
                break;
            case 2:
                records.RemoveAt(place);
                break;
            case 3:
                records.Insert(place, record);
                break;
            default:
                records.RemoveRange(place, records.Count - place);
                break;
        }
    }

    private static AuditReport OnAllCores(List<Record> records) => Run(new ParallelAudit(), records);

    private static AuditReport Run(ParallelAudit audit, List<Record> records)
    {
        audit.Run(records, AddTo, default);
        return audit.Ledger.Finish(null);
    }

    private static AuditReport OneByOne(List<Record> records)
    {
        LedgerAudit audit = new(new EcdsaP256());
        foreach (Record record in records)
        {
            audit.Add(record.Index, record.Canonical, record.Stored);
        }

        return audit.Finish(null);
    }

    private static void AddTo(BlockPage page, Record record) => page.Add(record.Index, record.Canonical, record.Stored);

    private static List<Record> Hashed(IReadOnlyList<Block> blocks)
    {
        List<byte[]> bytes = [.. blocks.Select(block => block.Canonical.ToArray())];
        return [.. SampleLedger.HashesOf(bytes).Select((hash, i) => new Record(i, bytes[i], hash))];
    }

    /// <summary>The same with another amount in one block, which its owner did not sign.</summary>
    private static IReadOnlyList<Block> WithMore(IReadOnlyList<Block> blocks, int index)
    {
        Block.Payment paid = (Block.Payment)blocks[index];
        Transfer more = paid.Transfer with { Amount = new Money(2) };
        return
        [
            .. blocks.Take(index),
            new Block.Payment(paid.Epoch, paid.Key, more, paid.Outcome, paid.Signature),
            .. blocks.Skip(index + 1),
        ];
    }

    private static int StartOf(int request) => First + (request * RequestLength);

    private static IReadOnlyList<Block> MakeBlocks()
    {
        SampleLedger sample = SampleLedger.Create();
        for (int i = 0; i < Requests; i++)
        {
            int client = (i % 2) + 1;
            sample.Request(
                new Token(9 + i, client), [.. Enumerable.Repeat((3 - client, 1L, Outcome.Success), RequestLength)]);
        }

        return sample.Blocks;
    }

    private readonly record struct Record(long Index, byte[] Canonical, Hash Stored);
}
