using System.Text;
using System.Threading.Channels;

namespace Blockchain.Cli.Hosting;

/// <summary>
/// Lines of standard input, for one who must be able to stop waiting for them: the console's own reader blocks whatever
/// it is asked. A thread reads ahead a little.
/// </summary>
public sealed class LineInput : TextReader
{
    /// <summary>The longest line that is taken, in characters.</summary>
    public const int MaxLine = 65_536;

    private const int Ahead = 256;
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(
        new BoundedChannelOptions(Ahead) { SingleReader = true, SingleWriter = true });

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TextReader _source;

    /// <summary>Starts to read.</summary>
    /// <param name="source">What is read; owned from here on.</param>
    public LineInput(TextReader source)
    {
        _source = source;
        new Thread(Pump) { IsBackground = true, Name = "standard input" }.Start();
    }

    /// <summary>Completes when the source has ended, whether or not its lines were taken.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Standard input as UTF-8.</summary>
    public static LineInput OfConsole() => new(new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false)));

    /// <inheritdoc/>
    public override async ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (await _lines.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_lines.Reader.TryRead(out string? line))
            {
                return line;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public override string? ReadLine() => ReadLineAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private void Pump()
    {
        try
        {
            while (ReadOne() is { } line)
            {
                ValueTask written = _lines.Writer.WriteAsync(line);
                written.AsTask().GetAwaiter().GetResult();
            }

            _lines.Writer.Complete();
        }
        catch (Exception fault)
        {
            _lines.Writer.Complete(fault);
        }

        _ended.TrySetResult();
    }

    private string? ReadOne()
    {
        StringBuilder line = new();
        while (true)
        {
            int next = _source.Read();
            switch (next)
            {
                case -1:
                    return line.Length == 0 ? null : line.ToString();
                case '\n':
                    return line.ToString().TrimEnd('\r');
            }

            if (line.Length == MaxLine)
            {
                throw new CliException(
                    ExitCode.Usage, $"a line of the input is longer than {MaxLine} characters. Give shorter ones.");
            }

            line.Append((char)next);
        }
    }
}
