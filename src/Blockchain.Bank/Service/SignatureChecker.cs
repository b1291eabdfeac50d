using Blockchain.Core.Kernel;

namespace Blockchain.Bank.Service;

/// <summary>
/// Checks announced signatures ahead of their turn, one after another on a thread of its own: the pool wakes a second
/// thread for each piece of work in case there is more, which costs a good part of a check.
/// </summary>
internal sealed class SignatureChecker : IDisposable
{
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _bell = new(false);
    private readonly EcdsaP256 _signatures = new();
    private Queue<Check> _waiting = [];
    private Thread? _thread;
    private bool _disposed;

    /// <summary>Has a signature checked. Each link has one under way at most, so these are few.</summary>
    public Task<bool> CheckAsync(PublicKey key, Hash digest, Signature signature)
    {
        Check check = new(key, digest, signature);
        lock (_gate)
        {
            if (_disposed)
            {
                return Task.FromResult(false);
            }

            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "signatures" };
                _thread.Start();
            }

            _waiting.Enqueue(check);
        }

        _bell.Set();
        return check.Result.Task;
    }

    /// <summary>Ends the thread when it has checked what waits; what comes later does not hold.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        _bell.Set();
    }

    private void Run()
    {
        while (TryTake(out Queue<Check> checks))
        {
            foreach (Check check in checks)
            {
                check.Result.SetResult(_signatures.Verify(check.Key, check.Digest, check.Signature));
            }
        }
    }

    private bool TryTake(out Queue<Check> checks)
    {
        while (true)
        {
            lock (_gate)
            {
                (checks, _waiting) = (_waiting, []);
                if (checks.Count > 0 || _disposed)
                {
                    return checks.Count > 0;
                }
            }

            _bell.WaitOne();
        }
    }

    private sealed record Check(PublicKey Key, Hash Digest, Signature Signature)
    {
        // Who waits goes on at once on this thread: its turn has come, and every other way there takes longer.
        public TaskCompletionSource<bool> Result { get; } = new();
    }
}
