using Blockchain.Wire.Terminal;

namespace Blockchain.Client.Terminal;

/// <summary>How a script runs.</summary>
/// <param name="Json">One object per command instead of lines for people.</param>
/// <param name="KeepGoing">A command that fails does not stop the rest.</param>
public sealed record ScriptOptions(bool Json, bool KeepGoing);

/// <summary>
/// Commands from <c>-c</c> or a pipe: one after another, each waits for its outcome, the first failure stops the rest
/// unless told otherwise.
/// </summary>
/// <param name="session">The client.</param>
/// <param name="input">The lines.</param>
/// <param name="output">For what commands answer.</param>
/// <param name="errors">For what goes wrong, unless JSON is wanted: then errors are objects on the output. And for the
/// word that a command waits for its bank.</param>
/// <param name="options">How to run.</param>
/// <param name="time">Measures how long the bank stays away.</param>
public sealed class ScriptSession(
    IClientSession session, TextReader input, TextWriter output, TextWriter errors, ScriptOptions options,
    TimeProvider time)
{
    private readonly CommandRunner _runner = new(session, time, errors.WriteLine);
    private readonly StopReason _stopReason = new(session.Subscribe());

    /// <summary>Runs to the end of the input, to <c>exit</c>, or to the first failure.</summary>
    /// <returns>The exit code: of the first command that failed, else 0.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await RunLinesAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (_stopReason.Reply is null && cancellationToken.IsCancellationRequested)
        {
            return Reply.Interrupted;
        }
        catch (OperationCanceledException)
        {
            return await PrintAsync(_stopReason.Reply ?? Reply.Error(
                Reply.Failed, "stopped", "the client has stopped; its transfers are kept and its log says why."));
        }
    }

    private async Task<int> RunLinesAsync(CancellationToken cancellationToken)
    {
        int exit = Reply.Done;
        while (await input.ReadLineAsync(cancellationToken) is { } line)
        {
            foreach (ReadResult read in CommandParser.Parse(line))
            {
                if (read.Command is Command.Exit)
                {
                    return exit;
                }

                Reply reply = read.Command is { } command
                    ? await RunOneAsync(command, cancellationToken)
                    : Reply.Error(read.Fault!.IsUsage ? Reply.Usage : Reply.Failed, "command", read.Fault.Message);
                await PrintAsync(reply);
                exit = exit == Reply.Done ? reply.Exit : exit;
                if (exit != Reply.Done && !options.KeepGoing)
                {
                    return exit;
                }
            }
        }

        return exit;
    }

    private async Task<Reply> RunOneAsync(Command command, CancellationToken cancellationToken)
    {
        Reply? problem = await _runner.WaitForMembershipAsync(command, cancellationToken);
        return problem is null
            ? await _runner.RunAsync(command, cancellationToken)
            : await _stopReason.FindAsync() ?? problem;
    }

    private async Task<int> PrintAsync(Reply reply)
    {
        if (options.Json)
        {
            await output.WriteLineAsync(reply.JsonText);
        }
        else
        {
            foreach (string line in reply.Lines)
            {
                await (reply.IsError ? errors : output).WriteLineAsync(PlainText.Of(line));
            }
        }

        await output.FlushAsync();
        await errors.FlushAsync();
        return reply.Exit;
    }
}
