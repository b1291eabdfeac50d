using Blockchain.Bank.Prompt;
using Blockchain.Core.BankNetwork;
using Microsoft.Extensions.Logging;

namespace Blockchain.Bank.Service;

/// <content>What the log says.</content>
public sealed partial class BankService
{
    private void Log(BankEvent happened)
    {
        switch (happened)
        {
            case BankEvent.Ordered ordered:
                LogOrdered(ordered.Token, ordered.Outcomes.Count, ordered.FirstIndex);
                break;
            case BankEvent.Durable durable:
                LogDurable(durable.Index, durable.Hash.Short);
                break;
            case BankEvent.Refused refused:
                LogRefused(refused.Client, refused.Token, refused.Reason);
                break;
            case BankEvent.ViewMade made:
                LogView(made.View, made.Cause);
                break;
            case BankEvent.Restored restored:
                LogRestored(
                    BankPrompt.Name(restored.Client), restored.From, BankPrompt.Blocks(restored.Count));
                break;
            case BankEvent.Alarm alarm:
                LogAlarm(BankPrompt.Name(alarm.Client), alarm.Evidence.Explanation, BankPrompt.Remedy);
                break;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Ordered {Token} with {Count} transfers at {Index}")]
    private partial void LogOrdered(Token token, int count, long index);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Durable up to {Index}, hash {Hash}")]
    private partial void LogDurable(long index, string hash);

    [LoggerMessage(Level = LogLevel.Information, Message = "Refused {Token} of client {Client}: {Reason}")]
    private partial void LogRefused(int client, Token token, Refusal reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Made {View}: {Cause}")]
    private partial void LogView(ViewInfo view, string cause);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Took {Blocks} back, from {From} on, from {Giver}")]
    private partial void LogRestored(string giver, long from, string blocks);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Writes stop. From {Client}: {Explanation}. {Remedy}")]
    private partial void LogAlarm(string client, string explanation, string remedy);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not fetch lost blocks from {Endpoint}: {Reason}")]
    private partial void LogFetchFailed(string endpoint, string reason);
}
