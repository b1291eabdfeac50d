using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Blockchain.Bank.Http;

/// <summary>Errors as HTTP tells them (RFC 9457). The types are stable: programs may tell errors apart by
/// them.</summary>
internal static class Problems
{
    /// <summary>A problem of any type.</summary>
    /// <param name="status">Status code.</param>
    /// <param name="type">Its stable name.</param>
    /// <param name="title">The kind of problem in words.</param>
    /// <param name="detail">What was wrong this time and what to do.</param>
    public static ProblemHttpResult Of(int status, string type, string title, string detail) =>
        TypedResults.Problem(detail, statusCode: status, title: title, type: type);

    public static ProblemHttpResult BadRequest(string detail) => Of(
        StatusCodes.Status400BadRequest, ProblemTypes.BadRequest, "The request is not well formed", detail);

    public static ProblemHttpResult NotFound(string detail) =>
        Of(StatusCodes.Status404NotFound, ProblemTypes.NotFound, "There is no such thing", detail);

    public static ProblemHttpResult NoSuchAccount(int account) =>
        NotFound($"there is no account {account}. GET {BankRoutes.Accounts} lists them.");

    public static ProblemHttpResult BadSignature(string detail) => Of(
        StatusCodes.Status403Forbidden, ProblemTypes.BadSignature, "The signature does not fit", detail);

    public static ProblemHttpResult Unavailable(string detail) => Of(
        StatusCodes.Status503ServiceUnavailable, ProblemTypes.Unavailable, "The bank cannot answer now", detail);

    public static ProblemHttpResult TooLarge() => Of(
        StatusCodes.Status413PayloadTooLarge,
        ProblemTypes.Prefix + "too-large",
        "The body is too large",
        "a body has at most 65,536 bytes.");

    public static ProblemHttpResult NotJson() => Of(
        StatusCodes.Status415UnsupportedMediaType,
        ProblemTypes.Prefix + "not-json",
        "The body is not JSON",
        "send the content type application/json.");

    public static ProblemHttpResult Refused(JoinRefusal reason) => Of(
        ProblemTypes.StatusOf(reason), ProblemTypes.Of(reason), "The bank does not let this client join",
        ProblemTypes.Describe(reason));
}
