using System.Text.Json.Serialization;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Wire.Http;

/// <summary>An error as HTTP carries it (RFC 9457).</summary>
/// <param name="Type">Stable name of the kind of error.</param>
/// <param name="Title">The same in words.</param>
/// <param name="Status">HTTP status; left out where no HTTP was involved.</param>
/// <param name="Detail">What happened this time.</param>
public sealed record ProblemDto(
    string? Type = null,
    string? Title = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Status = null,
    string? Detail = null);

/// <summary>The other side answered, and the answer is no or is not understood.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="type">Stable name of the kind of error; see <see cref="ProblemTypes"/>.</param>
/// <param name="title">The same in words.</param>
/// <param name="detail">What happened this time; null when the other side did not say.</param>
public sealed class ApiException(int status, string type, string title, string? detail)
    : Exception(detail ?? $"{title} (HTTP {status})")
{
    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>Stable name of the kind of error.</summary>
    public string Type { get; } = type;

    /// <summary>The same in words.</summary>
    public string Title { get; } = title;

    /// <summary>What happened this time.</summary>
    public string? Detail { get; } = detail;
}

/// <summary>The stable names of errors.</summary>
public static class ProblemTypes
{
    /// <summary>What every name starts with.</summary>
    public const string Prefix = "urn:blockchain:problem:";

    /// <summary>A part of the request is not what it should be.</summary>
    public const string BadRequest = Prefix + "bad-request";

    /// <summary>There is no such account, transfer or route.</summary>
    public const string NotFound = Prefix + "not-found";

    /// <summary>The signature is not that of the key.</summary>
    public const string BadSignature = Prefix + "bad-signature";

    /// <summary>The process cannot do its work now.</summary>
    public const string Unavailable = Prefix + "unavailable";

    /// <summary>The answer is not what was asked for; made by the asking side.</summary>
    public const string InvalidAnswer = Prefix + "invalid-answer";

    /// <summary>The name for a join that the bank refuses.</summary>
    public static string Of(JoinRefusal reason) => Prefix + reason switch
    {
        JoinRefusal.NameTaken => "name-taken",
        JoinRefusal.InvalidName => "invalid-name",
        JoinRefusal.InvalidKey => "invalid-key",
        JoinRefusal.Full => "full",
        JoinRefusal.Superseded => "superseded",
        JoinRefusal.Recovering => "recovering",
        JoinRefusal.Forked => "forked",
        _ => throw new Core.Kernel.InvariantException($"{reason} has no name"),
    };

    /// <summary>HTTP status for a join that the bank refuses.</summary>
    public static int StatusOf(JoinRefusal reason) => reason switch
    {
        JoinRefusal.InvalidName or JoinRefusal.InvalidKey => 400,
        JoinRefusal.Full or JoinRefusal.Recovering => 503,
        _ => 409,
    };

    /// <summary>Why the bank refuses the join, in words.</summary>
    public static string Describe(JoinRefusal reason) => reason switch
    {
        JoinRefusal.NameTaken => "another client has this name; choose another one",
        JoinRefusal.InvalidName => ClientName.Rule,
        JoinRefusal.InvalidKey => "the public key is no point of the curve P-256",
        JoinRefusal.Full => $"there are {Limits.Members} members already; try again when one has left",
        JoinRefusal.Superseded => "a later start of the same client has joined; end one of the two",
        JoinRefusal.Recovering => "the bank waits to take back what it lost; try again in a moment",
        JoinRefusal.Forked => "the client holds a checkpoint that contradicts the bank's ledger",
        _ => throw new Core.Kernel.InvariantException($"{reason} has no description"),
    };

    /// <summary>The refused join behind a name; null when the name is of another kind of error.</summary>
    public static JoinRefusal? ToJoinRefusal(string? type)
    {
        foreach (JoinRefusal reason in Enum.GetValues<JoinRefusal>())
        {
            if (Of(reason) == type)
            {
                return reason;
            }
        }

        return null;
    }
}
