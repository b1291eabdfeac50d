using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>
/// Judges a ledger from its raw bytes and trusts nobody: each block must decode, hash to what is stored, stand at its
/// place by the replay, and belong to a request that the paying client signed; the bank's checkpoint must fit.
/// Feed it with records or pages in order, then ask <see cref="Finish"/>. It reports the first fault and reads on only
/// to know the hashes, so that <see cref="LedgerComparison"/> can say where two ledgers part.
/// </summary>
/// <param name="signatures">Checks the signatures.</param>
/// <param name="later">Takes the claims of whole requests instead of having them checked at once: a host checks them on
/// all its cores and reports those that do not hold with <see cref="Reject"/>, all before <see cref="Finish"/>.</param>
public sealed class LedgerAudit(ISignatureScheme signatures, Action<RequestClaim>? later = null)
{
    private readonly List<Transfer> _request = [];
    private Token _requestToken;
    private int _requestEpoch;
    private long _requestStart;
    private Signature _requestSignature;
    private Hash _head = Hash.Empty;
    private long _transfers;
    private RequestClaim? _rejected;

    /// <summary>The replay of the blocks before the first fault.</summary>
    public LedgerState Ledger { get; } = new();

    /// <summary>Hash of every block read, computed from its bytes, whether or not the block is good.</summary>
    public PieceList<Hash> Hashes { get; } = new();

    /// <summary>The first fault so far.</summary>
    public AuditFault? Fault { get; private set; }

    /// <summary>Takes the next record as it is stored.</summary>
    /// <param name="index">The index that it is stored under.</param>
    /// <param name="canonical">The block's bytes.</param>
    /// <param name="stored">The hash stored or stated with it; null where the source states none.</param>
    public void Add(long index, ReadOnlySpan<byte> canonical, Hash? stored)
    {
        BlockPage page = new(_head);
        page.Add(index, canonical, stored);
        page.Judge();
        Add(page);
    }

    /// <summary>Takes the next records, which were judged as far as they can be by themselves.</summary>
    /// <param name="page">The page, judged.</param>
    public void Add(BlockPage page)
    {
        // Its links were checked behind the hash that is stored before it: that counts if this hash is right.
        int linked = page.Previous == _head ? page.Linked : 0;
        for (int i = 0; i < page.Count; i++)
        {
            long expected = Hashes.Count;
            _head = i < linked ? page.StoredHashOf(i)!.Value : Hash.Link(_head, page.CanonicalOf(i));
            Hashes.Add(_head);
            if (Fault is null)
            {
                Judge(page, i, expected);
            }
        }
    }

    /// <summary>Says that a claim does not hold. Claims are made before anything behind them is judged, so the earliest
    /// of them comes before every other fault.</summary>
    public void Reject(RequestClaim claim)
    {
        if (_rejected is null || claim.Start < _rejected.Start)
        {
            _rejected = claim;
            Fault = claim.ToFault();
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
        if (Fault is null && _request.Count > 0 && Claim() is var last && !last.Holds(signatures))
        {
            bool covered = checkpoint is not null && checkpoint.Index >= _requestStart;
            if (mayEndInsideRequest && !covered)
            {
                unsigned = _request.Count;
            }
            else
            {
                Reject(last);
            }
        }

        if (checkpoint is not null)
        {
            CheckCheckpoint(checkpoint);
        }

        AuditCounts counts = _rejected?.Before ?? Counts;
        return new AuditReport(
            Hashes.Count,
            _head,
            counts.Transfers,
            counts.Accounts,
            counts.Total,
            unsigned,
            Fault is null ? checkpoint : null,
            Fault);
    }

    private AuditCounts Counts => new(_transfers, Ledger.Accounts.Count, Ledger.Total);

    private void Judge(BlockPage page, int place, long expected)
    {
        long index = page.IndexOf(place);
        if (index != expected)
        {
            Fail(expected, AuditFaultKind.WrongIndex, $"block {expected} should stand here and block {index} does");
        }
        else if (page.StoredHashOf(place) is { } hash && hash != _head)
        {
            Fail(
                index,
                AuditFaultKind.WrongHash,
                $"its stored hash is {hash.Beside(_head)} and its content gives {_head.Beside(hash)}");
        }
        else if (page.BlockOf(place, out string? fault) is not { } block)
        {
            Fail(index, AuditFaultKind.NotABlock, $"its bytes are no block: {fault}");
        }
        else
        {
            CloseRequestBefore(block);
            Judge(index, block);
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

        RequestClaim claim = Claim();
        if (later is not null)
        {
            later(claim);
        }
        else if (!claim.Holds(signatures))
        {
            Reject(claim);
        }

        _request.Clear();
    }

    private RequestClaim Claim() => new(
        _requestStart,
        new SignedRequest(_requestEpoch, _requestToken, [.. _request], _requestSignature),
        Ledger.LedgerId,
        Ledger.Find(_requestToken.Client)!.PublicKey,
        Counts);

    private void CheckCheckpoint(Checkpoint checkpoint)
    {
        if (Hashes.Count == 0 || checkpoint.Index >= Hashes.Count)
        {
            Fail(
                Hashes.Count,
                AuditFaultKind.WrongCheckpoint,
                $"the ledger ends before it, and the bank has signed one that reaches block {checkpoint.Index}");
        }
        else if (Hashes[checkpoint.Index] is var given && given != checkpoint.Hash)
        {
            Fail(
                checkpoint.Index,
                AuditFaultKind.WrongCheckpoint,
                $"the bank signed hash {checkpoint.Hash.Beside(given)} for this block and the ledger gives "
                    + $"{given.Beside(checkpoint.Hash)}, so it or a block before it was changed");
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
