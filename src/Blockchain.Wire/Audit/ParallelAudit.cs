using System.Collections.Concurrent;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Wire.Audit;

/// <summary>
/// Audits a stored ledger on all cores: blocks are decoded, links hashed and signatures checked side by side, and one
/// thread replays. It finds what <see cref="LedgerAudit"/> finds alone, and the same fault first. One thread uses it.
/// </summary>
public sealed class ParallelAudit
{
    private const int ClaimsAtOnce = 64;
    private const int TransfersAtOnce = 4_096;
    private static readonly int MaxChecks = 2 * Environment.ProcessorCount;

    private readonly ConcurrentBag<EcdsaP256> _schemes = [];
    private readonly Queue<Lazy<RequestClaim?>> _checks = [];
    private readonly List<RequestClaim> _claims = [];
    private int _transfers;

    /// <summary>Makes an audit that has seen nothing yet.</summary>
    public ParallelAudit() => Ledger = new LedgerAudit(new EcdsaP256(), Take);

    /// <summary>The audit. Its end is judged behind <see cref="Complete"/>.</summary>
    public LedgerAudit Ledger { get; }

    /// <summary>Audits records and waits for everything that was started.</summary>
    /// <typeparam name="T">What the source calls a record.</typeparam>
    /// <param name="records">The records in order; see <see cref="Lookahead.Judge"/>.</param>
    /// <param name="add">Adds a record to a page.</param>
    /// <param name="cancellation">Gives up between two pages.</param>
    public void Run<T>(IEnumerable<T> records, Action<BlockPage, T> add, CancellationToken cancellation)
    {
        try
        {
            foreach (BlockPage page in Lookahead.Judge(records, add))
            {
                cancellation.ThrowIfCancellationRequested();
                Ledger.Add(page);
            }
        }
        finally
        {
            Complete();
        }
    }

    /// <summary>Waits until every signature seen so far is checked.</summary>
    public void Complete()
    {
        Start();
        while (_checks.Count > 0)
        {
            Finish(_checks.Dequeue());
        }
    }

    private void Take(RequestClaim claim)
    {
        _claims.Add(claim);
        _transfers += claim.Request.Transfers.Count;
        if (_claims.Count >= ClaimsAtOnce || _transfers >= TransfersAtOnce)
        {
            Start();
        }
    }

    private void Start()
    {
        if (_claims.Count == 0)
        {
            return;
        }

        if (_checks.Count >= MaxChecks)
        {
            Finish(_checks.Dequeue());
        }

        RequestClaim[] claims = [.. _claims];
        _claims.Clear();
        _transfers = 0;
        Lazy<RequestClaim?> check = new(() => Check(claims));
        _checks.Enqueue(check);
        _ = Task.Run(() => check.Value);
    }

    private void Finish(Lazy<RequestClaim?> check)
    {
        if (check.Value is { } claim)
        {
            Ledger.Reject(claim);
        }
    }

    private RequestClaim? Check(RequestClaim[] claims)
    {
        // One thread at a time may use a scheme, and to import a key costs more than to check with it.
        if (!_schemes.TryTake(out EcdsaP256? scheme))
        {
            scheme = new EcdsaP256();
        }

        RequestClaim? found = RequestClaim.FindFalse(claims, scheme);
        _schemes.Add(scheme);
        return found;
    }
}
