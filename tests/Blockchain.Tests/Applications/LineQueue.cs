using System.Threading.Channels;

namespace Blockchain.Tests.Applications;

/// <summary>Lines that are typed when the test says so.</summary>
internal sealed class LineQueue : TextReader, IAsyncDisposable
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    public void Add(string line) => _lines.Writer.TryWrite(line);

    public override async ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken) =>
        await _lines.Reader.WaitToReadAsync(cancellationToken) && _lines.Reader.TryRead(out string? line) ? line : null;

    public ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }
}
