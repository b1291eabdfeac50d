using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Tests.Audit;

public sealed class LedgerAuditTests
{
    private readonly SampleLedger _sample = SampleLedger.Create();

    [Fact]
    public void A_good_ledger_holds_and_is_counted()
    {
        AuditReport report = Audit(Bytes(), _sample.Hashes(), _sample.CheckpointAt(10));

        report.Fault.Should().BeNull();
        report.Should().BeEquivalentTo(new
        {
            Holds = true,
            Count = 11L,
            Head = _sample.Hashes()[^1],
            Transfers = 6L,
            Accounts = 3,
            Total = new Money(30_00),
            Unsigned = 0,
            Checkpoint = _sample.CheckpointAt(10) with { Signature = report.Checkpoint!.Signature },
        });
    }

    [Fact]
    public void Every_byte_changed_in_a_block_is_found_at_that_block()
    {
        List<Hash> hashes = _sample.Hashes();
        for (int index = 0; index < 11; index++)
        {
            for (int place = 0; place < Bytes()[index].Length; place++)
            {
                List<byte[]> blocks = Bytes();
                blocks[index][place] ^= 0x10;

                AuditFault? fault = Audit(blocks, hashes).Fault;

                fault.Should().NotBeNull("byte {0} of block {1} was changed", place, index);
                fault!.Index.Should().Be(index, "byte {0} of block {1} was changed", place, index);
                fault.Kind.Should().Be(AuditFaultKind.WrongHash);
            }
        }
    }

    [Fact]
    public void A_changed_stored_hash_is_found_at_its_block()
    {
        List<Hash> hashes = _sample.Hashes();
        hashes[6] = Hash.Of([1]);

        Fails(Audit(Bytes(), hashes), 6, AuditFaultKind.WrongHash);
    }

    [Fact]
    public void A_missing_block_is_found_by_its_index()
    {
        LedgerAudit audit = new(new EcdsaP256());
        audit.Add(0, Bytes()[0], null);
        audit.Add(2, Bytes()[2], null);

        Fails(audit.Finish(null), 1, AuditFaultKind.WrongIndex);
    }

    [Fact]
    public void A_block_out_of_order_is_found_though_the_hashes_were_made_again()
    {
        List<byte[]> blocks = Bytes();
        (blocks[5], blocks[6]) = (blocks[6], blocks[5]);

        AuditReport report = Audit(blocks, SampleLedger.HashesOf(blocks));

        // Client 3 cannot pay 12.00 before it has been paid 5.00: the replay notices before the order does.
        Fails(report, 5, AuditFaultKind.WrongPlace);
    }

    [Fact]
    public void A_changed_status_is_found_by_the_replay_though_the_hashes_were_made_again()
    {
        List<Block> blocks = [.. _sample.Blocks];
        Block.Payment aborted = (Block.Payment)blocks[7];
        blocks[7] = new Block.Payment(aborted.Epoch, aborted.Key, aborted.Transfer, Outcome.Success, aborted.Signature);

        AuditReport report = AuditRehashed(blocks);

        Fails(report, 7, AuditFaultKind.WrongPlace);
        report.Fault!.Explanation.Should().Contain("not what the replay");
    }

    [Fact]
    public void A_repeated_transfer_id_is_found_though_the_block_was_signed()
    {
        List<Block> blocks = [.. _sample.Blocks];
        Transfer again = ((Block.Payment)blocks[5]).Transfer;
        Token token = new(9, 2);
        Hash digest = SignedRequest.Digest(_sample.LedgerId, 2, token, [again]);
        blocks.Add(new Block.Payment(
            2, new BlockKey(token, 0), again, Outcome.Success, SampleLedger.Sign(_sample.ClientKeys[1], digest)));

        AuditReport report = AuditRehashed(blocks);

        Fails(report, 11, AuditFaultKind.WrongPlace);
        report.Fault!.Explanation.Should().Contain("transfer id");
    }

    [Fact]
    public void A_changed_amount_is_found_by_the_signature_though_the_hashes_were_made_again()
    {
        List<Block> blocks = [.. _sample.Blocks];
        Block.Payment paid = (Block.Payment)blocks[5];
        Transfer more = paid.Transfer with { Amount = new Money(6_00) };
        blocks[5] = new Block.Payment(paid.Epoch, paid.Key, more, paid.Outcome, paid.Signature);

        AuditReport report = AuditRehashed(blocks);

        Fails(report, 5, AuditFaultKind.BadSignature);
        report.Fault!.Explanation.Should().Contain("client 2 did not sign request (6,2)");
    }

    [Fact]
    public void A_change_inside_a_request_is_found_at_the_first_block_of_the_request()
    {
        List<Block> blocks = [.. _sample.Blocks];
        Block.Payment middle = (Block.Payment)blocks[9];
        blocks[9] = new Block.Payment(
            middle.Epoch, middle.Key, middle.Transfer with { Memo = "changed" }, middle.Outcome, null);

        Fails(AuditRehashed(blocks), 8, AuditFaultKind.BadSignature);
    }

    [Fact]
    public void A_request_signed_by_another_client_is_found()
    {
        Block.Payment[] forged = _sample.Signed(2, new Token(9, 1), (2, 1_00, Outcome.Success));
        Hash digest = SignedRequest.Digest(_sample.LedgerId, 2, new Token(9, 1), [forged[0].Transfer]);
        Signature others = SampleLedger.Sign(_sample.ClientKeys[1], digest);
        List<Block> blocks = [.. _sample.Blocks];
        blocks.Add(new Block.Payment(2, forged[0].Key, forged[0].Transfer, Outcome.Success, others));

        Fails(AuditRehashed(blocks), 11, AuditFaultKind.BadSignature);
    }

    [Fact]
    public void A_request_of_another_ledger_is_found()
    {
        SampleLedger other = SampleLedger.Create();
        Token token = new(9, 1);
        Block.Payment[] made = _sample.Signed(2, token, (2, 1_00, Outcome.Success));
        Hash digest = SignedRequest.Digest(other.LedgerId, 2, token, [made[0].Transfer]);
        List<Block> blocks = [.. _sample.Blocks];
        blocks.Add(new Block.Payment(
            2, made[0].Key, made[0].Transfer, Outcome.Success, SampleLedger.Sign(_sample.ClientKeys[0], digest)));

        Fails(AuditRehashed(blocks), 11, AuditFaultKind.BadSignature);
    }

    [Fact]
    public void A_ledger_cut_inside_a_request_fails_unless_the_source_may_stop_there()
    {
        List<Block> blocks = [.. _sample.Blocks.Take(10)];

        Fails(AuditRehashed(blocks), 8, AuditFaultKind.BadSignature);
        AuditReport torn = AuditRehashed(blocks, null, mayEndInsideRequest: true);
        torn.Holds.Should().BeTrue();
        torn.Unsigned.Should().Be(2);
    }

    [Fact]
    public void What_the_checkpoint_covers_must_be_whole_even_where_the_source_may_stop()
    {
        List<Block> blocks = [.. _sample.Blocks.Take(10)];

        AuditReport report = AuditRehashed(blocks, _sample.CheckpointAt(9), mayEndInsideRequest: true);

        Fails(report, 8, AuditFaultKind.BadSignature);
    }

    [Fact]
    public void A_checkpoint_of_another_hash_is_found_at_its_index()
    {
        List<Block> blocks = [.. _sample.Blocks];
        Block.View view = (Block.View)blocks[4];
        blocks[4] = new Block.View(view.Epoch, view.Key, view.UnixMs + 1, view.Members, view.BankKey);

        AuditReport report = AuditRehashed(blocks, _sample.CheckpointAt(10));

        Fails(report, 10, AuditFaultKind.WrongCheckpoint);
    }

    [Fact]
    public void A_ledger_that_ends_before_its_checkpoint_is_found()
    {
        List<Block> blocks = [.. _sample.Blocks.Take(8)];

        Fails(AuditRehashed(blocks, _sample.CheckpointAt(10)), 8, AuditFaultKind.WrongCheckpoint);
        Fails(AuditRehashed([], _sample.CheckpointAt(10)), 0, AuditFaultKind.WrongCheckpoint);
    }

    [Fact]
    public void A_checkpoint_that_the_bank_did_not_sign_is_found()
    {
        Checkpoint checkpoint = _sample.CheckpointAt(10);
        Signature forged = SampleLedger.Sign(
            _sample.ClientKeys[0], Checkpoint.Digest(_sample.LedgerId, 10, checkpoint.Hash));

        Fails(
            Audit(Bytes(), _sample.Hashes(), checkpoint with { Signature = forged }),
            10,
            AuditFaultKind.UnsignedCheckpoint);
    }

    [Fact]
    public void A_row_of_an_account_that_differs_from_the_replay_is_found()
    {
        PublicKey key = SampleLedger.Public(_sample.ClientKeys[0]);

        Row(1, "client-1", key, 19_00).Should().BeNull();
        Row(1, "client-1", key, 19_01)!.Explanation.Should().Contain("holds 19.01 and the blocks give 19.00");
        Row(1, "someone", key, 19_00)!.Explanation.Should().Contain("called 'someone'");
        Row(1, "client-1", SampleLedger.Public(_sample.BankKey), 19_00)!.Explanation.Should().Contain("key");
        Row(4, "client-4", key, 0)!.Explanation.Should().Contain("no block opens it");

        AuditFault? Row(int account, string name, PublicKey publicKey, long minor)
        {
            LedgerAudit audit = Fed(Bytes(), _sample.Hashes());
            audit.CheckAccount(account, name, publicKey, new Money(minor));
            return audit.Fault;
        }
    }

    [Fact]
    public void Deposits_that_would_overflow_are_a_fault_and_not_a_crash()
    {
        LedgerState ledger = new();
        ledger.TryAppend(new Block.View(1, new BlockKey(new Token(1, 0), 0), 0, [], default));
        LedgerFault fault = LedgerFault.None;
        for (int i = 1; fault == LedgerFault.None && i < 10_000; i++)
        {
            PublicKey key = new(Hash.Of([(byte)i, (byte)(i >> 8)]).Value, default);
            fault = ledger.TryAppend(new Block.Open(
                1, new BlockKey(new Token(1 + i, 0), 0), 0, i, $"n{i}", new Money(Limits.AmountMinor), key));
        }

        fault.Should().Be(LedgerFault.WrongDeposit);
        ledger.Accounts.Should().HaveCount((int)(long.MaxValue / Limits.AmountMinor));
    }

    [Fact]
    public void Hashes_go_on_behind_a_fault_so_that_ledgers_can_be_compared()
    {
        List<byte[]> blocks = Bytes();
        blocks[5] = [1, 2, 3];

        LedgerAudit audit = Fed(blocks, SampleLedger.HashesOf(blocks));

        audit.Fault!.Kind.Should().Be(AuditFaultKind.NotABlock);
        audit.Hashes.Count.Should().Be(11);
        audit.Ledger.Count.Should().Be(5);
    }

    private static void Fails(AuditReport report, long index, AuditFaultKind kind)
    {
        report.Fault.Should().NotBeNull();
        (report.Fault!.Index, report.Fault.Kind).Should().Be((index, kind), report.Fault.Explanation);
        report.Holds.Should().BeFalse();
        report.Checkpoint.Should().BeNull("a checkpoint that was not found to fit is not reported as fitting");
    }

    private static AuditReport AuditRehashed(
        IReadOnlyList<Block> blocks, Checkpoint? checkpoint = null, bool mayEndInsideRequest = false)
    {
        List<byte[]> bytes = [.. blocks.Select(block => block.Canonical.ToArray())];
        return Audit(bytes, SampleLedger.HashesOf(bytes), checkpoint, mayEndInsideRequest);
    }

    private static AuditReport Audit(
        List<byte[]> blocks, List<Hash> hashes, Checkpoint? checkpoint = null, bool mayEndInsideRequest = false) =>
        Fed(blocks, hashes).Finish(checkpoint, mayEndInsideRequest);

    private static LedgerAudit Fed(List<byte[]> blocks, List<Hash> hashes)
    {
        LedgerAudit audit = new(new EcdsaP256());
        for (int i = 0; i < blocks.Count; i++)
        {
            audit.Add(i, blocks[i], hashes[i]);
        }

        return audit;
    }

    private List<byte[]> Bytes() => [.. _sample.Blocks.Select(block => block.Canonical.ToArray())];
}
