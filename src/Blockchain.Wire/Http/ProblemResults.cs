using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Blockchain.Wire.Http;

/// <summary>Errors as HTTP tells them (RFC 9457). The types are stable: programs may tell errors apart by
/// them.</summary>
public static class Problems
{
    /// <summary>A problem of any type.</summary>
    /// <param name="status">Status code.</param>
    /// <param name="type">Its stable name.</param>
    /// <param name="title">The kind of problem in words.</param>
    /// <param name="detail">What was wrong this time and what to do.</param>
    public static ProblemHttpResult Of(int status, string type, string title, string detail) =>
        TypedResults.Problem(detail, statusCode: status, title: title, type: type);

    /// <summary>A part of the request is not what it should be.</summary>
    public static ProblemHttpResult BadRequest(string detail) => Of(
        StatusCodes.Status400BadRequest, ProblemTypes.BadRequest, "The request is not well formed", detail);

    /// <summary>There is no such thing or route.</summary>
    public static ProblemHttpResult NotFound(string detail) =>
        Of(StatusCodes.Status404NotFound, ProblemTypes.NotFound, "There is no such thing", detail);

    /// <summary>The process cannot do its work now.</summary>
    public static ProblemHttpResult Unavailable(string detail) => Of(
        StatusCodes.Status503ServiceUnavailable, ProblemTypes.Unavailable, "The process cannot answer now", detail);

    /// <summary>The body is longer than any that is taken.</summary>
    /// <param name="mostBytes">How long a body may be; null when that is not known.</param>
    public static ProblemHttpResult TooLarge(long? mostBytes) => Of(
        StatusCodes.Status413PayloadTooLarge,
        ProblemTypes.Prefix + "too-large",
        "The body is too large",
        mostBytes is { } most
            ? string.Create(CultureInfo.InvariantCulture, $"a body has at most {most:N0} bytes.")
            : "send a shorter body.");

    /// <summary>The body is of another type.</summary>
    public static ProblemHttpResult NotJson() => Of(
        StatusCodes.Status415UnsupportedMediaType,
        ProblemTypes.Prefix + "not-json",
        "The body is not JSON",
        "send the content type application/json.");
}
