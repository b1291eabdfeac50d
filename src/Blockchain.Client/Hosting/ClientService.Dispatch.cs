using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Microsoft.Extensions.Logging;

namespace Blockchain.Client.Hosting;

/// <content>Does what the process asks for. Nothing here waits for a network; what comes of it returns as
/// input.</content>
public sealed partial class ClientService
{
    private async ValueTask DispatchAsync(ClientOutput output)
    {
        switch (output)
        {
            case ClientOutput.ToPeer send:
                _peers.Send(send.Frame);
                break;
            case ClientOutput.ToBank send:
                _bank.Send(send.Message);
                break;
            case ClientOutput.Store store:
                _membership.Learn(store.Blocks);
                _history?.Settled(store.Blocks, store.From);
                await _chain.AppendAsync(store, _stop.Token).ConfigureAwait(false);
                break;
            case ClientOutput.StoreCheckpoint keep:
                await _chain.KeepAsync(keep.Checkpoint, _stop.Token).ConfigureAwait(false);
                break;
            case ClientOutput.PersistIntent persist:
                _intents.Accept(persist.Number, persist.Transfer);
                break;
            case ClientOutput.ForgetIntent forget:
                _intents.Settle(forget.Id);
                break;
            case ClientOutput.Sign sign:
                _unsigned = sign;
                break;
            case ClientOutput.Connect connect:
                _peers.Keep(connect.Peers);
                break;
            case ClientOutput.Join join:
                Spawn(() => JoinAsync(join.Request));
                break;
            case ClientOutput.Fetch fetch:
                Spawn(() => FetchAsync(fetch));
                break;
            case ClientOutput.Tell tell:
                Tell(tell.Event);
                break;
            default:
                throw new InvariantException("the outputs of a client are closed");
        }
    }

    // The process has one join and one fetch under way at most, so these are few.
    private void Spawn(Func<Task> work) => _ = Task.Run(() => Guard(work), CancellationToken.None);

    private async Task JoinAsync(JoinRequest request)
    {
        ClientInput answer;
        try
        {
            answer = await _calls.JoinAsync(request, _stop.Token).ConfigureAwait(false);
            _bankTrouble = null;
        }
        catch (Exception fault) when (BankCalls.IsExpected(fault) && !IsOwnStop(fault))
        {
            ClientLog.JoinFailed(_logger, fault.Message);
            _bankTrouble = fault.Message.TrimEnd('.');
            answer = new ClientInput.JoinFailed(null);
        }

        await _inbox.PostAsync(answer, _stop.Token).ConfigureAwait(false);
    }

    private async Task FetchAsync(ClientOutput.Fetch fetch)
    {
        ClientInput answer;
        try
        {
            IReadOnlyList<Block> blocks = fetch.Source == Limits.Bank
                ? await _calls.FetchAsync(fetch.From, _stop.Token).ConfigureAwait(false)
                : await _calls.FetchFromAsync(_membership.EndpointOf(fetch.Source), fetch.From, _stop.Token)
                    .ConfigureAwait(false);
            answer = new ClientInput.Fetched(fetch.From, blocks);
        }
        catch (Exception fault) when (BankCalls.IsExpected(fault) && !IsOwnStop(fault))
        {
            ClientLog.FetchFailed(_logger, fetch.From, fetch.Source, fault.Message);
            answer = new ClientInput.FetchFailed();
        }

        await _inbox.PostAsync(answer, _stop.Token).ConfigureAwait(false);
    }

    // Whatever else a call ends with while this client stops is the other side's doing, and no fault either.
    private bool IsOwnStop(Exception fault) => fault is OperationCanceledException && _stop.IsCancellationRequested;

    private void Tell(ClientEvent happened)
    {
        _metrics.Happened(happened);

        // Every reply heard would be most of the log, and its message is there at the debug level.
        if (happened is not ClientEvent.ReplyHeard && _logger.IsEnabled(LogLevel.Information))
        {
            ClientLog.Happened(_logger, _process.Clock, ClientText.Of(happened));
        }

        switch (happened)
        {
            case ClientEvent.Accepted accepted:
                Answer(accepted.Transfer.Id, null);
                break;
            case ClientEvent.Rejected rejected:
                _history?.Rejected(rejected.Id);
                Answer(rejected.Id, rejected.Reason);
                break;
            case ClientEvent.Settled settled:
                _history?.Returned(settled);
                Settle(settled);
                break;
            case ClientEvent.JoinRefused:
                _bank.GiveUp();
                break;
            case ClientEvent.Evicted when _leaving:
                _left.TrySetResult();
                break;
        }

        _events.Publish(happened);
    }
}
