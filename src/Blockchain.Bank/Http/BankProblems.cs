using Blockchain.Bank.Service;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Files;
using Blockchain.Wire.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Blockchain.Bank.Http;

/// <summary>Errors that only the bank has; those of every process are <see cref="Problems"/>.</summary>
internal static class BankProblems
{
    public static ProblemHttpResult NoSuchAccount(int account) =>
        Problems.NotFound($"there is no account {account}. GET {BankRoutes.Accounts} lists them.");

    public static ProblemHttpResult BadSignature(string detail) => Problems.Of(
        StatusCodes.Status403Forbidden, ProblemTypes.BadSignature, "The signature does not fit", detail);

    public static ProblemHttpResult Refused(JoinRefusal reason) => Problems.Of(
        ProblemTypes.StatusOf(reason), ProblemTypes.Of(reason), "The bank does not let this client join",
        ProblemTypes.Describe(reason));

    /// <summary>The page for an exception of the bank's; null for those of others.</summary>
    public static IResult? Of(Exception? fault) => fault switch
    {
        BankBusyException => Problems.Unavailable(fault.Message + "."),

        // The store is closed before the listener is, and after a fault of the disk the bank stops.
        ObjectDisposedException or StoreFaultException =>
            Problems.Unavailable("the bank stops. Ask again when it runs."),
        _ => null,
    };

    /// <summary>What a route takes; null when its path does not say.</summary>
    public static string? Expected(HttpRequest request) => request.Path.Value?.TrimEnd('/') switch
    {
        BankRoutes.Join =>
            "the body must be a JSON object with 'name', 'publicKey', 'incarnation', 'endpoint', 'settled' "
            + "and 'signature'",
        BankRoutes.Leave => "the body must be a JSON object with 'client', 'epoch' and 'signature'",
        _ => null,
    };
}
