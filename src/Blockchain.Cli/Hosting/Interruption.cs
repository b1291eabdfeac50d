using System.Runtime.InteropServices;

namespace Blockchain.Cli.Hosting;

/// <summary>
/// Turns the signals that ask a process to stop into a cancelled token, so that everything is closed in order. A second
/// one ends the process at once.
/// </summary>
public sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _signals;

    /// <summary>Starts to listen.</summary>
    public Interruption()
    {
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, OnSignal));
        }
    }

    /// <summary>Cancelled when the process shall stop.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Whether a person pressed Ctrl-C, which ends with 130; a manager's SIGTERM is an ordinary end.</summary>
    public bool ByUser { get; private set; }

    /// <summary>The exit code of a process that was asked to stop and did.</summary>
    public int ExitCode => ByUser ? Cli.ExitCode.Interrupted : Cli.ExitCode.Done;

    /// <inheritdoc/>
    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _stop.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref _signals) > 1)
        {
            return;
        }

        context.Cancel = true;
        ByUser = context.Signal == PosixSignal.SIGINT;
        _stop.Cancel();
    }
}
