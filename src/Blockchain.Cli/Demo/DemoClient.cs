using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Blockchain.Cli.Hosting;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Http;

namespace Blockchain.Cli.Demo;

/// <summary>A client that the demonstration drives: a line of commands in, an object of JSON out.</summary>
/// <param name="process">Its process.</param>
/// <param name="name">Its name.</param>
/// <param name="patience">How long an answer may take.</param>
internal sealed class DemoClient(ChildProcess process, string name, TimeSpan patience) : IAsyncDisposable
{
    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Its number, once it has joined.</summary>
    public int Id { get; private set; }

    /// <summary>Waits until it is a member of a view.</summary>
    public async Task JoinAsync(CancellationToken cancellation) =>
        Id = (await AskAsync("clock", WireJson.Default.ClockAnswer, cancellation)).Client;

    /// <summary>Has one command carried out.</summary>
    /// <exception cref="CliException">The client refuses it, ends, or does not answer.</exception>
    public async Task<T> AskAsync<T>(string command, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        (await AskAsync([command], type, cancellation))[0];

    /// <summary>Hands over several commands at once; they are carried out one after another.</summary>
    /// <exception cref="CliException">The client refuses one, ends, or does not answer.</exception>
    public async Task<T[]> AskAsync<T>(string[] commands, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        await process.SendAsync(string.Join("; ", commands));
        T[] answers = new T[commands.Length];
        for (int i = 0; i < answers.Length; i++)
        {
            answers[i] = Read(await process.ReadAsync(patience, cancellation), type);
        }

        return answers;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => process.DisposeAsync();

    private T Read<T>(string line, JsonTypeInfo<T> type)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        if (!document.RootElement.TryGetProperty("command", out _))
        {
            ProblemDto? problem = document.RootElement.Deserialize(WireJson.Default.ProblemDto);
            throw new CliException(ExitCode.Failed, $"{name}: {problem?.Detail ?? line}");
        }

        return document.RootElement.Deserialize(type)
            ?? throw new InvariantException("an answer with a command in it is not null");
    }
}
