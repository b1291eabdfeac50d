using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Keys;

namespace Blockchain.Client.Hosting;

/// <summary>
/// Signs own requests on a thread of its own, for when others wait: the thread of all sockets would be away from them
/// for as long as a signature takes.
/// </summary>
internal sealed class RequestSigner(KeyPair keys, Inbox inbox)
{
    private readonly AutoResetEvent _bell = new(false);
    private ClientOutput.Sign? _wanted;
    private volatile bool _closed;

    /// <summary>Has a request signed; one that has not been begun gives way to it, being of an earlier view.</summary>
    public void Sign(ClientOutput.Sign wanted)
    {
        Interlocked.Exchange(ref _wanted, wanted);
        _bell.Set();
    }

    /// <summary>Takes nothing more; <see cref="RunAsync"/> ends.</summary>
    public void Close()
    {
        _closed = true;
        _bell.Set();
    }

    /// <summary>Signs until closed.</summary>
    public Task RunAsync() => Task.Factory.StartNew(
        Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run()
    {
        while (!_closed)
        {
            if (Interlocked.Exchange(ref _wanted, null) is { } sign)
            {
                inbox.Post(new ClientInput.RequestSigned(sign.Epoch, sign.Token, keys.Sign(sign.Digest)));
                continue;
            }

            _bell.WaitOne();
        }
    }
}
