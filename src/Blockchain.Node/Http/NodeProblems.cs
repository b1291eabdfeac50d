using System.Globalization;
using Blockchain.Core.OpenNetwork;
using Blockchain.Node.Service;
using Blockchain.Wire.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Blockchain.Node.Http;

/// <summary>Errors that only a node has; those of every process are <see cref="Problems"/>.</summary>
internal static class NodeProblems
{
    /// <summary>A transaction is not taken. The type names the rule.</summary>
    public static ProblemHttpResult Refused(Refusal refusal) => Problems.Of(
        StatusCodes.Status400BadRequest,
        ProblemTypes.Prefix + Kebab(refusal.ToString()),
        "The transaction is refused",
        refusal.Describe() + ".");

    /// <summary>There is no block at this height.</summary>
    public static ProblemHttpResult NoSuchBlock(int height, int tip) =>
        Problems.NotFound($"there is no block {height}: the tip is {tip}.");

    /// <summary>The page for an exception of a node's; null for those of others.</summary>
    public static IResult? Of(Exception? fault) => fault switch
    {
        NodeBusyException => Problems.Unavailable(fault.Message + "."),
        NodeRequestException request => request.Problem,
        _ => null,
    };

    /// <summary>What a route takes; null when its path does not say.</summary>
    public static string? Expected(HttpRequest request) =>
        request.Path.Value?.TrimEnd('/') == NodeRoutes.Transactions && HttpMethods.IsPost(request.Method)
            ? "the body must be a JSON object with 'hex', the bytes of a transaction in hexadecimal digits"
            : null;

    /// <summary>A whole number from 0, from a path or a query.</summary>
    /// <exception cref="NodeRequestException">It is none.</exception>
    public static int Number(string? text, string what) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new NodeRequestException(Problems.BadRequest($"{what} is a whole number from 0."));

    /// <summary>The page that a question asks for.</summary>
    /// <param name="from">Where it begins, as asked; null for the start.</param>
    /// <param name="limit">How much it has at most, as asked; null for what is usual.</param>
    /// <param name="most">The most that a page may have.</param>
    /// <exception cref="NodeRequestException">It asks for none.</exception>
    public static (int First, int Count) Page(string? from, string? limit, int most = NodeLimits.Page)
    {
        int first = from is null ? 0 : Number(from, "'from'");
        int count = limit is null ? NodeLimits.DefaultPage : Number(limit, "'limit'");
        return count == 0 || count > most
            ? throw new NodeRequestException(Problems.BadRequest($"'limit' is between 1 and {most}."))
            : (first, count);
    }

    /// <summary>An address.</summary>
    /// <exception cref="NodeRequestException">It is none; says why.</exception>
    public static Address ParseAddress(string text)
    {
        AddressFault fault = Address.Parse(text, out Address address);
        return fault == AddressFault.None
            ? address
            : throw new NodeRequestException(Problems.BadRequest(Address.Describe(fault) + "."));
    }

    /// <summary>A transaction's id.</summary>
    /// <exception cref="NodeRequestException">It is none.</exception>
    public static TransactionId ParseId(string text) => TransactionId.TryParse(text, out TransactionId id)
        ? id
        : throw new NodeRequestException(Problems.BadRequest("a transaction's id has 64 hexadecimal digits."));

    private static string Kebab(string name) => string.Concat(name.Select(static (letter, i) =>
        char.IsAsciiLetterUpper(letter) ? $"{(i > 0 ? "-" : "")}{char.ToLowerInvariant(letter)}" : $"{letter}"));
}

/// <summary>A request is answered with a problem.</summary>
/// <param name="problem">The answer.</param>
internal sealed class NodeRequestException(ProblemHttpResult problem) : Exception(problem.ProblemDetails.Detail)
{
    /// <summary>The answer.</summary>
    public ProblemHttpResult Problem { get; } = problem;
}
