using Blockchain.Bank.Store;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Tests.Bank;

/// <summary>A store whose disk can be made to stand still or to fail.</summary>
internal sealed class SlowStore(ILedgerStore inner) : ILedgerStore
{
    private readonly ManualResetEventSlim _open = new(true);
    private volatile Exception? _fault;

    public bool IsClosed { get; private set; }

    public long Count => inner.Count;

    public Checkpoint? Checkpoint => inner.Checkpoint;

    public void Hold() => _open.Reset();

    public void Release() => _open.Set();

    public void Fail(Exception fault) => _fault = fault;

    public IReadOnlyList<StoredRow> Read(long from, int count) => inner.Read(from, count);

    public IReadOnlyList<StoredAccount> ReadAccounts() => inner.ReadAccounts();

    public void Append(LedgerBatch batch)
    {
        _open.Wait();
        if (_fault is { } fault)
        {
            throw fault;
        }

        inner.Append(batch);
    }

    public void Close()
    {
        IsClosed = true;
        inner.Close();
    }

    public void Dispose()
    {
        _open.Set();
        inner.Dispose();
    }
}
