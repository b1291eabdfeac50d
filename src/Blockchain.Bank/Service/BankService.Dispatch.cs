using Blockchain.Bank.Store;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Bank.Service;

/// <content>Who does what the process wants done.</content>
public sealed partial class BankService
{
    private void Step(BankInput input)
    {
        foreach (BankOutput output in _process.Step(input))
        {
            Dispatch(output);
        }

        if (!_begun.Task.IsCompleted && _process.DurableCount > 0)
        {
            LedgerId = _process.Ledger.LedgerId;
            _begun.SetResult();
        }
    }

    private void Dispatch(BankOutput output)
    {
        switch (output)
        {
            case BankOutput.Persist persist:
                _undurable += persist.Blocks.Count;
                _writer.Add(persist);
                break;
            case BankOutput.Send send:
                if (_links.TryGetValue(send.Client, out IBankLink? link))
                {
                    link.Send(send.Message);
                    (send.CanWait ? _patient : _unwritten).Add(link);
                }

                break;
            case BankOutput.AnswerJoin answer:
                Answer(answer.Call, new JoinResult(answer.Answer, null));
                break;
            case BankOutput.RefuseJoin refusal:
                Answer(refusal.Call, new JoinResult(null, refusal.Reason));
                break;
            case BankOutput.SignCheckpoint sign:
                _ = Task.Run(() => Sign(sign));
                break;
            case BankOutput.Fetch fetch:
                _ = FetchAsync(fetch);
                break;
            case BankOutput.Disconnect disconnect:
                _links.GetValueOrDefault(disconnect.Client)?.Close("no longer wanted by the bank");
                break;
            case BankOutput.Tell tell:
                _ordered += tell.Event is BankEvent.Ordered ? 1 : 0;
                Log(tell.Event);
                Events.Publish(tell.Event);
                break;
            default:
                throw new InvariantException("the outputs of the bank are closed");
        }
    }

    private void Answer(long call, JoinResult result)
    {
        if (_joins.Remove(call, out TaskCompletionSource<JoinResult>? waiting))
        {
            waiting.TrySetResult(result);
        }
    }

    private void Sign(BankOutput.SignCheckpoint wanted)
    {
        Checkpoint checkpoint = new(wanted.Index, wanted.Hash, _sign(wanted.Digest));
        _writer.Add(checkpoint);
        Post(() => Step(new BankInput.CheckpointSigned(checkpoint)));
    }

    private async Task FetchAsync(BankOutput.Fetch fetch)
    {
        BankInput result;
        try
        {
            result = new BankInput.Fetched(fetch.From, await _fetch(fetch.Endpoint, fetch.From, _ended.Token));
        }
        catch (Exception fault) when (fault is not InvariantException)
        {
            LogFetchFailed(fetch.Endpoint, fault.Message);
            result = new BankInput.FetchFailed();
        }

        Post(() => Step(result));
    }

    private void OnPersisted(LedgerBatch batch) => Post(() =>
    {
        for (int i = 0; i < batch.Blocks.Count; i++)
        {
            _history.Add(batch.From + i, batch.Blocks[i]);
            if (batch.Blocks[i] is Block.Open open)
            {
                _keys[open.Account] = open.PublicKey;
            }
        }

        if (batch.Blocks.Count > 0)
        {
            _undurable -= batch.Blocks.Count;
            Step(new BankInput.Persisted(batch.From + batch.Blocks.Count - 1));
        }
    });
}
