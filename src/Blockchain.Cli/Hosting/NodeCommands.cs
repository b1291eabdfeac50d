using Blockchain.Node.Hosting;
using Blockchain.Wire.Terminal;

namespace Blockchain.Cli.Hosting;

/// <summary>What <c>node --commands</c> is told on its standard input: how a class, or the demonstration, makes a fork
/// when it wants one.</summary>
/// <param name="host">The node.</param>
/// <param name="output">Takes the answers.</param>
/// <param name="errors">Takes what goes wrong.</param>
/// <param name="asJson">Whether an answer is an object of JSON.</param>
internal sealed class NodeCommands(NodeHost host, TextWriter output, TextWriter errors, bool asJson)
{
    /// <summary>Obeys until the input ends or asks for the end.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using LineInput input = LineInput.OfConsole();
        try
        {
            while (await input.ReadLineAsync(cancellation) is { } line && Obey(line.Trim()))
            {
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The node stops.
        }
    }

    /// <returns>False to stop.</returns>
    private bool Obey(string command)
    {
        switch (command.ToLowerInvariant())
        {
            case "":
                break;
            case "cut":
                host.CutOff();
                Say("cut", "cut off from the other nodes; 'join' comes back");
                break;
            case "join":
                host.Rejoin();
                Say("joined", "joins the other nodes again");
                break;
            case "quit" or "exit" or "q":
                return false;
            default:
                errors.WriteLine($"no such command: {PlainText.Of(command)}. There are cut, join and quit.");
                errors.Flush();
                break;
        }

        return true;
    }

    private void Say(string name, string text)
    {
        output.WriteLine(asJson ? $"{{\"event\":\"{name}\"}}" : text);
        output.Flush();
    }
}
