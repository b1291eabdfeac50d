using Blockchain.Bank.Service;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Blockchain.Bank.Http;

/// <summary>Turns everything that goes wrong on the way to an endpoint into ProblemDetails.</summary>
internal static partial class ErrorPages
{
    /// <summary>Adds them; before everything else.</summary>
    public static void Use(WebApplication app, ILogger logger)
    {
        app.UseExceptionHandler(pages => pages.Run(context => ExplainAsync(context, logger)));
        app.UseStatusCodePages(static context => ForStatus(context.HttpContext).ExecuteAsync(context.HttpContext));
    }

    private static async Task ExplainAsync(HttpContext context, ILogger logger)
    {
        Exception? fault = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        IResult page = fault switch
        {
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Problems.TooLarge(),
            BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } => Problems.NotJson(),
            BadHttpRequestException bad => Problems.BadRequest(Reason(bad, context.Request)),
            BankBusyException => Problems.Unavailable(fault.Message + "."),
            TimeoutException or OperationCanceledException =>
                Problems.Unavailable("the bank did not answer in time. Ask again later."),
            _ => Problems.Of(
                500, ProblemTypes.Prefix + "defect", "The bank failed",
                "this is a defect of the bank; its log tells more."),
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
        StatusCodes.Status413PayloadTooLarge => Problems.TooLarge(),
        StatusCodes.Status415UnsupportedMediaType => Problems.NotJson(),
        StatusCodes.Status400BadRequest => Problems.BadRequest("the request cannot be read."),
        int status => Problems.Of(
            status, ProblemTypes.Prefix + "http", "The request was not served", $"the status is {status}."),
    };

    // What the platform says about JSON names the property and place; the message around it names types of this
    // program.
    private static string Reason(BadHttpRequestException bad, HttpRequest request) => bad.InnerException switch
    {
        System.Text.Json.JsonException { Path: { } path } json =>
            $"the body is not the JSON wanted here, at {path} (line {json.LineNumber + 1}).",
        System.Text.Json.JsonException => "the body is not the JSON wanted here.",
        FormatFaultException fault => fault.Message + ".",
        _ => Expected(request) + ".",
    };

    // The platform's own message speaks of parameters of methods, so this says instead what the route takes.
    private static string Expected(HttpRequest request) => request.Path.Value?.TrimEnd('/') switch
    {
        BankRoutes.Join =>
            "the body must be a JSON object with 'name', 'publicKey', 'incarnation', 'endpoint', 'settled' "
            + "and 'signature'",
        BankRoutes.Leave => "the body must be a JSON object with 'client', 'epoch' and 'signature'",
        _ => PageQuery.Explain(request.Query["from"], request.Query["limit"]) ?? "the request cannot be read",
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "A request for {Path} failed")]
    private static partial void LogDefect(ILogger logger, Exception fault, string path);
}
