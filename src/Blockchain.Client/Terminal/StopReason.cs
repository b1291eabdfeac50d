using System.Threading.Channels;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Client.Terminal;

/// <summary>Remembers why a client stopped for good, so that whoever waited for it can say so.</summary>
internal sealed class StopReason
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private readonly TaskCompletionSource<Reply> _reason = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts to watch.</summary>
    public StopReason(ChannelReader<ClientEvent> events) => _ = WatchAsync(events);

    /// <summary>Why the client stopped; null while it has not.</summary>
    public Reply? Reply => _reason.Task.IsCompletedSuccessfully ? _reason.Task.Result : null;

    /// <summary>The same for one who knows that the client has stopped: the event may be on its way still.</summary>
    public async Task<Reply?> FindAsync()
    {
        await Task.WhenAny(_reason.Task, Task.Delay(Patience));
        return Reply;
    }

    /// <summary>The reply for an event that stops a client; null for every other.</summary>
    public static Reply? Of(ClientEvent happened) => happened switch
    {
        ClientEvent.Alarm alarm => Terminal.Reply.Error(
            Terminal.Reply.Integrity, "alarm", Texts.OfAlarm(alarm.Evidence)),
        ClientEvent.JoinRefused refused => Terminal.Reply.Error(
            refused.Reason == JoinRefusal.Forked ? Terminal.Reply.Integrity : Terminal.Reply.Failed, "join-refused",
            $"the bank does not let this client join: {PromptEvents.DescribeJoin(refused.Reason)}"),
        _ => null,
    };

    private async Task WatchAsync(ChannelReader<ClientEvent> events)
    {
        await foreach (ClientEvent happened in events.ReadAllAsync())
        {
            if (Of(happened) is { } reply)
            {
                _reason.TrySetResult(reply);
            }
        }
    }
}
