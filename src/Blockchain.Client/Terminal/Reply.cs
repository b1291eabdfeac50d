using System.Text.Json;
using Blockchain.Wire.Http;

namespace Blockchain.Client.Terminal;

/// <summary>What a command answers: lines for people, an object for programs, and whether it did its work.</summary>
/// <param name="Exit">0 done; 1 failed or aborted; 2 usage; 3 unreachable or timed out; 4 integrity failure.</param>
/// <param name="Lines">For people.</param>
/// <param name="Json">For programs: one of the answers of <see cref="WireJson"/>.</param>
public sealed record Reply(int Exit, IReadOnlyList<string> Lines, object Json)
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>A command failed or a transfer was aborted.</summary>
    public const int Failed = 1;

    /// <summary>The words fit no command.</summary>
    public const int Usage = 2;

    /// <summary>The other side could not be reached, or did not answer in time.</summary>
    public const int Unreachable = 3;

    /// <summary>A ledger is not what it should be.</summary>
    public const int Integrity = 4;

    /// <summary>Stopped by Ctrl-C or a signal.</summary>
    public const int Interrupted = 130;

    /// <summary>Whether <see cref="Lines"/> are an error.</summary>
    public bool IsError => Json is ProblemDto;

    /// <summary>The object for programs, on one line.</summary>
    public string JsonText => JsonSerializer.Serialize(Json, Json.GetType(), WireJson.Default);

    /// <summary>An error of one sentence.</summary>
    /// <param name="exit">The exit code.</param>
    /// <param name="kind">Last part of the stable name of the error.</param>
    /// <param name="sentence">Cause and remedy.</param>
    public static Reply Error(int exit, string kind, string sentence) => new(
        exit, [sentence], new ProblemDto(ProblemTypes.Prefix + kind, kind.Replace('-', ' '), null, sentence));
}
