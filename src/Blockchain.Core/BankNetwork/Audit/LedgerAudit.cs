using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>
/// Judges a ledger from its raw bytes and trusts nobody: each block must decode, hash to what is stored, stand at its
/// place by the replay, and belong to a request that the paying client signed; the bank's checkpoint must fit.
/// Feed it with <see cref="Add"/> in order, then ask <see cref="Finish"/>. It reports the first fault and reads on only
/// to know the hashes, so that <see cref="LedgerComparison"/> can say where two ledgers part.
/// </summary>
/// <param name="signatures">Checks the signatures.</param>
public sealed class LedgerAudit(ISignatureScheme signatures)
{
    private readonly List<Transfer> _request = [];
    private Token _requestToken;
    private int _requestEpoch;
    private long _requestStart;
    private Signature _requestSignature;
    private Hash _head = Hash.Empty;
    private long _transfers;

    /// <summary>The replay of the blocks before the first fault.</summary>
    public LedgerState Ledger { get; } = new();

    /// <summary>Hash of every block read, computed from its bytes, whether or not the block is good.</summary>
    public HashList Hashes { get; } = new();

    /// <summary>The first fault so far.</summary>
    public AuditFault? Fault { get; private set; }

    /// <summary>Takes the next record as it is stored.</summary>
    /// <param name="index">The index that it is stored under.</param>
    /// <param name="canonical">The block's bytes.</param>
    /// <param name="stored">The hash stored or stated with it; null where the source states none.</param>
    public void Add(long index, ReadOnlySpan<byte> canonical, Hash? stored)
    {
        long expected = Hashes.Count;
        Hash previous = _head;
        _head = Hash.Link(previous, canonical);
        Hashes.Add(_head);
        if (Fault is not null)
        {
            return;
        }

        if (index != expected)
        {
            Fail(expected, AuditFaultKind.WrongIndex, $"block {expected} should stand here and block {index} does");
        }
        else if (stored is { } hash && hash != _head)
        {
            Fail(
                index,
                AuditFaultKind.WrongHash,
                $"its stored hash is {hash.Short} and its content gives {_head.Short}");
        }
        else if (Decode(index, canonical) is { } block)
        {
            CloseRequestBefore(block);
            Judge(index, block);
        }
    }

    /// <summary>Reports a fault that a reader found, such as a record that is no record. Only the first one
    /// counts.</summary>
    public void Fail(long index, AuditFaultKind kind, string explanation) =>
        Fault ??= new AuditFault(index, kind, explanation);

    /// <summary>Compares a balance that is stored beside the blocks with the replay.</summary>
    /// <param name="account">Number of the account.</param>
    /// <param name="name">The name stored.</param>
    /// <param name="key">The key stored.</param>
    /// <param name="balance">The balance stored.</param>
    public void CheckAccount(int account, string name, PublicKey key, Money balance)
    {
        string? difference = Ledger.Find(account) switch
        {
            null => "no block opens it",
            var replayed when replayed.Name != name
                => $"it is called '{name}' and the blocks call it '{replayed.Name}'",
            var replayed when replayed.PublicKey != key => "its key is not the one in its OPEN block",
            var replayed when replayed.Balance != balance
                => $"it holds {balance} and the blocks give {replayed.Balance}",
            _ => null,
        };
        if (difference is not null)
        {
            Fail(Ledger.Count - 1, AuditFaultKind.WrongCopy, $"the row of account {account} is wrong: {difference}");
        }
    }

    /// <summary>Says that nothing follows, and judges the end.</summary>
    /// <param name="checkpoint">The bank's latest signed checkpoint that came with the ledger, null for none.</param>
    /// <param name="mayEndInsideRequest">Whether the source may stop between two blocks of one request: a client's file
    /// behind a crash may, the bank's ledger may not. What a checkpoint covers must be whole in any case.</param>
    public AuditReport Finish(Checkpoint? checkpoint, bool mayEndInsideRequest = false)
    {
        int unsigned = 0;
        if (Fault is null && _request.Count > 0 && !RequestIsSigned())
        {
            bool covered = checkpoint is not null && checkpoint.Index >= _requestStart;
            if (mayEndInsideRequest && !covered)
            {
                unsigned = _request.Count;
            }
            else
            {
                FailRequest();
            }
        }

        if (checkpoint is not null)
        {
            CheckCheckpoint(checkpoint);
        }

        return new AuditReport(
            Hashes.Count,
            _head,
            _transfers,
            Ledger.Accounts.Count,
            Ledger.Total,
            unsigned,
            Fault is null ? checkpoint : null,
            Fault);
    }

    private Block? Decode(long index, ReadOnlySpan<byte> canonical)
    {
        try
        {
            return Block.Decode(canonical);
        }
        catch (FormatFaultException fault)
        {
            Fail(index, AuditFaultKind.NotABlock, $"its bytes are no block: {fault.Message}");
            return null;
        }
    }

    private void Judge(long index, Block block)
    {
        if (Fault is not null)
        {
            return;
        }

        LedgerFault fault = Ledger.TryAppend(block, _head);
        if (fault != LedgerFault.None)
        {
            Fail(index, AuditFaultKind.WrongPlace, $"{block.Kind} {block.Key} cannot stand here: {fault.Describe()}");
        }
        else if (block is Block.Payment payment)
        {
            Collect(index, payment);
        }
    }

    private void Collect(long index, Block.Payment payment)
    {
        if (payment.Signature is { } signature)
        {
            _requestToken = payment.Key.Token;
            _requestEpoch = payment.Epoch;
            _requestStart = index;
            _requestSignature = signature;
        }

        _request.Add(payment.Transfer);
        _transfers++;
        if (_request.Count > Limits.RequestTransfers)
        {
            Fail(
                index,
                AuditFaultKind.WrongPlace,
                $"request {_requestToken} has more than {Limits.RequestTransfers} blocks");
        }
    }

    private void CloseRequestBefore(Block next)
    {
        if (_request.Count == 0 || next.Key.Token == _requestToken)
        {
            return;
        }

        if (!RequestIsSigned())
        {
            FailRequest();
        }

        _request.Clear();
    }

    private bool RequestIsSigned()
    {
        PublicKey key = Ledger.Find(_requestToken.Client)!.PublicKey;
        Hash digest = SignedRequest.Digest(Ledger.LedgerId, _requestEpoch, _requestToken, _request);
        return signatures.Verify(key, digest, _requestSignature);
    }

    private void FailRequest()
    {
        long last = _requestStart + _request.Count - 1;
        string blocks = _request.Count == 1 ? "this block" : $"the blocks {_requestStart} to {last}";
        Fail(
            _requestStart,
            AuditFaultKind.BadSignature,
            $"client {_requestToken.Client} did not sign request {_requestToken} as {blocks} record it");
    }

    private void CheckCheckpoint(Checkpoint checkpoint)
    {
        if (Hashes.Count == 0 || checkpoint.Index >= Hashes.Count)
        {
            Fail(
                Hashes.Count,
                AuditFaultKind.WrongCheckpoint,
                $"the ledger ends before it, and the bank has signed one that reaches block {checkpoint.Index}");
        }
        else if (Hashes[checkpoint.Index] != checkpoint.Hash)
        {
            Fail(
                checkpoint.Index,
                AuditFaultKind.WrongCheckpoint,
                $"the bank signed hash {checkpoint.Hash.Short} for this block and the ledger gives "
                    + $"{Hashes[checkpoint.Index].Short}, so it or a block before it was changed");
        }
        else if (Ledger.Count > 0 && !checkpoint.IsSignedBy(Ledger.BankKey, Ledger.LedgerId, signatures))
        {
            Fail(
                checkpoint.Index,
                AuditFaultKind.UnsignedCheckpoint,
                "the checkpoint at this block does not carry the signature of the bank of this ledger");
        }
    }
}
