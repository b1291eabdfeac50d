namespace Blockchain.IntegrationTests.Support;

/// <summary>The lines that a process has written to one stream so far, and a way to wait for one.</summary>
public sealed class OutputLines
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _changed = New();
    private bool _ended;
    private int _next;

    /// <summary>Everything so far.</summary>
    public IReadOnlyList<string> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Everything so far as one text.</summary>
    public string Text => string.Join('\n', All);

    /// <summary>
    /// The next line that fits, after those that earlier calls have returned or passed over; null when the stream ends
    /// first.
    /// </summary>
    public async Task<string?> NextAsync(Func<string, bool> fits, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                while (_next < _lines.Count)
                {
                    string line = _lines[_next++];
                    if (fits(line))
                    {
                        return line;
                    }
                }

                if (_ended)
                {
                    return null;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellation);
        }
    }

    internal async Task PumpAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            Change(() => _lines.Add(line));
        }

        Change(() => _ended = true);
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            change();
            changed = _changed;
            _changed = New();
        }

        changed.SetResult();
    }
}
