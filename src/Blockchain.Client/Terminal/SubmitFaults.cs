using Blockchain.Core.BankNetwork;

namespace Blockchain.Client.Terminal;

/// <summary>The sentence for every reason for which a client refuses a transfer: the cause and the remedy.</summary>
public static class SubmitFaults
{
    /// <summary>The sentence.</summary>
    public static string Describe(SubmitFault fault, Command.Transfer transfer) => fault switch
    {
        SubmitFault.NoAccount => "refused: this client has no account yet. It gets one when the bank is reached.",
        SubmitFault.SelfTransfer => $"refused: {transfer.To} is this client itself. Name another client.",
        SubmitFault.UnknownAccount =>
            $"refused: there is no client {transfer.To}. 'balance all' shows the clients and their numbers.",
        SubmitFault.InvalidAmount =>
            $"refused: {transfer.Amount} is outside of 0.01 to {new Money(Limits.AmountMinor)}.",
        SubmitFault.InvalidMemo =>
            $"refused: the memo must be plain text of at most {Limits.MemoCharacters} characters.",
        SubmitFault.TooManyPending =>
            $"refused: {Limits.PendingTransfers} transfers are waiting already. Wait until some have settled.",
        SubmitFault.DuplicateId => "refused: the transfer's id was used before. Try again.",
        SubmitFault.Stopped => "refused: the client is leaving or has stopped. Start it again under its name.",
        _ => $"refused: {fault}.",
    };
}
