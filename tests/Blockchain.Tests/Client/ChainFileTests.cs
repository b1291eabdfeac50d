using Blockchain.Client.Storage;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Tests.Audit;
using Blockchain.Wire.Files;

namespace Blockchain.Tests.Client;

public sealed class ChainFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SampleLedger _ledger = SampleLedger.Create();
    private readonly Checkpoint _checkpoint;

    // Signatures over one digest differ from time to time, so the checkpoint is made once.
    public ChainFileTests() => _checkpoint = _ledger.CheckpointAt(_ledger.Blocks.Count - 2);

    private string ChainPath => ClientFolder.ChainPath(_folder.Path);

    private string MarkPath => ClientFolder.MarkPath(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_stored_is_there_again()
    {
        Store(_ledger.Blocks.Count);

        using ChainFile chain = ChainFile.Open(ChainPath, Mark(), out LedgerState ledger);

        ledger.Count.Should().Be(_ledger.Blocks.Count);
        ledger.Head.Should().Be(_ledger.Hashes()[^1]);
        chain.Read(0, 100).Select(Hex).Should().Equal(_ledger.Blocks.Select(Hex));
        chain.Read(3, 2).Select(Hex).Should().Equal(_ledger.Blocks.Skip(3).Take(2).Select(Hex));
        chain.Read(_ledger.Blocks.Count, 1).Should().BeEmpty();
    }

    [Fact]
    public void Blocks_are_read_while_others_are_appended()
    {
        using ChainFile chain = ChainFile.Open(ChainPath, null, out _);
        for (int i = 0; i < _ledger.Blocks.Count; i++)
        {
            chain.Append(i, [_ledger.Blocks[i]], [_ledger.Hashes()[i]]);

            chain.Read(0, 100).Should().HaveCount(i + 1);
            Bytes(chain.Read(i, 1).Single()).Should().Equal(Bytes(_ledger.Blocks[i]));
        }
    }

    [Fact]
    public void A_torn_tail_is_cut_at_start_whatever_its_length()
    {
        Store(_ledger.Blocks.Count);
        byte[] whole = File.ReadAllBytes(ChainPath);
        int last = ChainFormat.PrefixBytes + _ledger.Blocks[^1].Canonical.Length + Hash.Size;
        StoredMark mark = new(_ledger.Blocks.Count - 1, _ledger.Hashes()[^2], null);
        for (int length = whole.Length - last; length < whole.Length; length++)
        {
            File.WriteAllBytes(ChainPath, whole[..length]);

            using ChainFile chain = ChainFile.Open(ChainPath, mark, out LedgerState ledger);

            ledger.Count.Should().Be(_ledger.Blocks.Count - 1);
            new FileInfo(ChainPath).Length.Should().Be(whole.Length - last);
            chain.Append(ledger.Count, [_ledger.Blocks[^1]], [_ledger.Hashes()[^1]]);
            Bytes(chain.Read(ledger.Count, 1).Single()).Should().Equal(Bytes(_ledger.Blocks[^1]));
        }

        File.ReadAllBytes(ChainPath).Should().Equal(whole);
    }

    [Fact]
    public void A_tail_of_zeros_that_a_power_cut_leaves_is_cut()
    {
        Store(_ledger.Blocks.Count);
        byte[] whole = File.ReadAllBytes(ChainPath);
        File.WriteAllBytes(ChainPath, [.. whole, .. new byte[300]]);

        ChainAudit.Run(_folder.Path, long.MaxValue, out bool isTorn, default).Fault.Should().BeNull();
        isTorn.Should().BeTrue();
        using ChainFile chain = ChainFile.Open(ChainPath, Mark(), out LedgerState ledger);

        ledger.Count.Should().Be(_ledger.Blocks.Count);
        new FileInfo(ChainPath).Length.Should().Be(whole.Length);
    }

    [Fact]
    public void A_file_that_ends_before_its_mark_is_refused()
    {
        Store(_ledger.Blocks.Count);
        byte[] whole = File.ReadAllBytes(ChainPath);
        foreach (int length in new[] { 0, 10, ChainFormat.HeaderBytes, whole.Length / 2, whole.Length - 1 })
        {
            File.WriteAllBytes(ChainPath, whole[..length]);

            FluentActions.Invoking(() => ChainFile.Open(ChainPath, Mark(), out _)).Should().Throw<IntegrityException>();
            Audit().Should().NotBeNull();
            new FileInfo(ChainPath).Length.Should().Be(length, "nothing is cut from evidence");
        }
    }

    [Fact]
    public void Every_changed_byte_is_found_at_start_and_by_the_audit_and_names_its_block()
    {
        Store(_ledger.Blocks.Count);
        byte[] whole = File.ReadAllBytes(ChainPath);
        int at = 0;
        for (int block = -1; block < _ledger.Blocks.Count; block++)
        {
            int end = at + (block < 0
                ? ChainFormat.HeaderBytes
                : ChainFormat.PrefixBytes + _ledger.Blocks[block].Canonical.Length + Hash.Size);
            for (; at < end; at++)
            {
                byte[] changed = [.. whole];
                changed[at] ^= 0x40;
                File.WriteAllBytes(ChainPath, changed);

                long expected = Math.Max(0, block);
                FluentActions.Invoking(() => ChainFile.Open(ChainPath, Mark(), out _))
                    .Should().Throw<IntegrityException>($"byte {at}").Which.Index.Should().Be(expected);
                Audit()!.Index.Should().Be(expected, $"byte {at}");
            }
        }

        at.Should().Be(whole.Length);
    }

    [Fact]
    public void Every_changed_byte_of_the_mark_is_found()
    {
        Store(_ledger.Blocks.Count);
        byte[] whole = File.ReadAllBytes(MarkPath);
        CheckpointFile.Read(MarkPath).Should().Be(Mark());
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] changed = [.. whole];
            changed[at] ^= 0x01;
            File.WriteAllBytes(MarkPath, changed);

            FluentActions.Invoking(() => CheckpointFile.Read(MarkPath)).Should().Throw<IntegrityException>();
        }
    }

    [Fact]
    public void A_chain_rewritten_and_hashed_again_does_not_fit_its_mark()
    {
        Store(_ledger.Blocks.Count);
        List<byte[]> blocks = [.. _ledger.Blocks.Select(Bytes)];
        Block.Payment last = (Block.Payment)_ledger.Blocks[^1];
        Transfer changed = last.Transfer with { Memo = "not what was signed" };
        blocks[^1] = Bytes(new Block.Payment(last.Epoch, last.Key, changed, last.Outcome, last.Signature));
        Rewrite(blocks);

        FluentActions.Invoking(() => ChainFile.Open(ChainPath, Mark(), out _))
            .Should().Throw<IntegrityException>().WithMessage("*rewritten*");
        Audit().Should().NotBeNull();
    }

    [Fact]
    public void A_file_of_another_format_is_named_as_such()
    {
        File.WriteAllText(ChainPath, new string('x', 100));

        Audit()!.Explanation.Should().Contain("does not say that it is a chain");
    }

    private static string Hex(Block block) => Convert.ToHexString(block.Canonical.Span);

    private static byte[] Bytes(Block block) => block.Canonical.ToArray();

    private void Store(int count)
    {
        using (ChainFile chain = ChainFile.Open(ChainPath, null, out _))
        {
            chain.Append(0, [.. _ledger.Blocks.Take(count)], [.. _ledger.Hashes().Take(count)]);
            chain.Flush();
        }

        CheckpointFile.Write(MarkPath, Mark());
    }

    private StoredMark Mark() => new(_ledger.Blocks.Count, _ledger.Hashes()[^1], _checkpoint);

    private AuditFault? Audit() => ChainAudit.Run(_folder.Path, long.MaxValue, out _, default).Fault;

    private void Rewrite(List<byte[]> blocks)
    {
        List<Hash> hashes = SampleLedger.HashesOf(blocks);
        CanonicalWriter writer = new();
        writer.Raw(ChainFormat.Header(hashes[0]));
        for (int i = 0; i < blocks.Count; i++)
        {
            ChainFormat.WriteRecord(writer, Block.Decode(blocks[i]), hashes[i]);
        }

        File.WriteAllBytes(ChainPath, writer.ToArray());
    }
}
