using Blockchain.Core.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Blockchain.Wire.Http;

/// <summary>Turns everything that goes wrong on the way to an endpoint into ProblemDetails.</summary>
public static partial class ErrorPages
{
    /// <summary>Adds them; before everything else.</summary>
    /// <param name="app">The web application.</param>
    /// <param name="logger">Hears of defects.</param>
    /// <param name="known">The page for an exception that only this process has; null for others.</param>
    /// <param name="expected">What a route takes, for requests that are none of its kind; null where
    /// <see cref="PageQuery"/> says it.</param>
    public static void Use(
        WebApplication app, ILogger logger, Func<Exception?, IResult?> known, Func<HttpRequest, string?> expected)
    {
        app.UseExceptionHandler(pages => pages.Run(context => ExplainAsync(context, logger, known, expected)));
        app.UseStatusCodePages(static context => ForStatus(context.HttpContext).ExecuteAsync(context.HttpContext));
    }

    private static async Task ExplainAsync(
        HttpContext context,
        ILogger logger,
        Func<Exception?, IResult?> known,
        Func<HttpRequest, string?> expected)
    {
        Exception? fault = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        IResult page = known(fault) ?? fault switch
        {
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => TooLarge(context),
            BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } => Problems.NotJson(),
            BadHttpRequestException bad => Problems.BadRequest(Reason(bad, context.Request, expected)),
            TimeoutException or OperationCanceledException =>
                Problems.Unavailable("there was no answer in time. Ask again later."),
            _ => Problems.Of(
                500, ProblemTypes.Prefix + "defect", "The process failed",
                "this is a defect of the program; its log tells more."),
        };
        if (page is IStatusCodeHttpResult { StatusCode: 500 } && fault is not null)
        {
            LogDefect(logger, fault, context.Request.Path);
        }

        await page.ExecuteAsync(context);
    }

    private static IResult ForStatus(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => Problems.NotFound(
            $"{context.Request.Path} is not served. GET /openapi/v1.json lists what is."),
        StatusCodes.Status405MethodNotAllowed => Problems.Of(
            405,
            ProblemTypes.Prefix + "wrong-method",
            "The route takes another method",
            $"{context.Request.Path} does not take {context.Request.Method}."),
        StatusCodes.Status413PayloadTooLarge => TooLarge(context),
        StatusCodes.Status415UnsupportedMediaType => Problems.NotJson(),
        StatusCodes.Status400BadRequest => Problems.BadRequest("the request cannot be read."),
        int status => Problems.Of(
            status, ProblemTypes.Prefix + "http", "The request was not served", $"the status is {status}."),
    };

    // Each process has its own limit, so the request is asked.
    private static IResult TooLarge(HttpContext context) =>
        Problems.TooLarge(context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize);

    // What the platform says about JSON names the property and place; the message around it names types of this
    // program.
    private static string Reason(
        BadHttpRequestException bad, HttpRequest request, Func<HttpRequest, string?> expected) =>
        bad.InnerException switch
        {
            System.Text.Json.JsonException { Path: { } path } json =>
                $"the body is not the JSON wanted here, at {path} (line {json.LineNumber + 1}).",
            System.Text.Json.JsonException => "the body is not the JSON wanted here.",
            FormatFaultException fault => fault.Message + ".",

            // The platform's own message speaks of parameters of methods, so this says instead what the route takes.
            _ => (expected(request) ?? PageQuery.Explain(request.Query["from"], request.Query["limit"])
                ?? "the request cannot be read") + ".",
        };

    [LoggerMessage(Level = LogLevel.Error, Message = "A request for {Path} failed")]
    private static partial void LogDefect(ILogger logger, Exception fault, string path);
}
