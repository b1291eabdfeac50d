using Blockchain.Bank.Service;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Blockchain.Bank.Http;

/// <summary>How clients come and go. Both prove that they hold the key before the loop hears of them.</summary>
internal sealed class MembershipEndpoints(BankService service, TimeProvider time)
{
    /// <summary>How long a join may take: a view must reach the disk, and a bank that started again first hears its
    /// members.</summary>
    private static readonly TimeSpan JoinPatience = TimeSpan.FromSeconds(12);

    /// <summary>Adds the routes.</summary>
    public void Map(WebApplication app)
    {
        app.MapPost(BankRoutes.Join, JoinAsync).WithSummary("Makes a client a member of the next view.")
            .ProducesProblem(400).ProducesProblem(403).ProducesProblem(409).ProducesProblem(413).ProducesProblem(503);
        app.MapPost(BankRoutes.Leave, LeaveAsync).WithSummary("Takes a client out of the view.")
            .ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(413).ProducesProblem(503);
    }

    private async Task<Results<Ok<JoinAnswerDto>, ProblemHttpResult>> JoinAsync(JoinBody body, CancellationToken cancel)
    {
        JoinRequest request;
        Signature signature;
        try
        {
            request = body.ToRequest(out signature);
        }
        catch (FormatFaultException fault)
        {
            return Problems.BadRequest(fault.Message + ".");
        }

        if (!ClientName.IsValid(request.Name))
        {
            return BankProblems.Refused(JoinRefusal.InvalidName);
        }

        EcdsaP256 signatures = new();
        if (!signatures.IsValid(request.PublicKey))
        {
            return BankProblems.Refused(JoinRefusal.InvalidKey);
        }

        if (!signatures.Verify(request.PublicKey, JoinProof.Digest(request), signature))
        {
            return BankProblems.BadSignature("the join is not signed with the key that it names.");
        }

        using CancellationTokenSource patience = new(JoinPatience, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        JoinResult result = await service.JoinAsync(request, both.Token);
        return result.Accepted is { } accepted
            ? TypedResults.Ok(JoinAnswerDto.From(accepted))
            : BankProblems.Refused(result.Refusal!.Value);
    }

    private async Task<Results<NoContent, ProblemHttpResult>> LeaveAsync(LeaveBody body, CancellationToken cancel)
    {
        Signature signature;
        try
        {
            signature = body.ToSignature();
        }
        catch (FormatFaultException fault)
        {
            return Problems.BadRequest(fault.Message + ".");
        }

        if (service.FindKey(body.Client) is not { } key)
        {
            return BankProblems.NoSuchAccount(body.Client);
        }

        if (!new EcdsaP256().Verify(key, LeaveProof.Digest(service.LedgerId, body.Client, body.Epoch), signature))
        {
            return BankProblems.BadSignature("the leave is not signed with the client's key.");
        }

        // A leave of an earlier view must not take out the client that has joined again since.
        bool taken = await service.ReadAsync(bank => bank.Ledger.Epoch, cancel) != body.Epoch
            || service.TryReceive(new BankInput.Received(body.Client, new ToBank.Leave()));
        return taken
            ? TypedResults.NoContent()
            : Problems.Unavailable("the bank stops or is overloaded. Ask again later.");
    }
}
