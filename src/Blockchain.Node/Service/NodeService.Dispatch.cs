using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;
using Blockchain.Node.Peers;
using Blockchain.Node.Store;

namespace Blockchain.Node.Service;

/// <content>Who does what the node wants done.</content>
public sealed partial class NodeService
{
    private void Step(NodeInput input)
    {
        List<StoreChange> changes = [];
        List<(long Id, SubmitResult Result)> answers = [];
        List<NodeOutput> told = [];
        foreach (NodeOutput output in _node.Step(input))
        {
            Dispatch(output, changes, answers, told);
        }

        if (changes.Count > 0)
        {
            _writer.Add(++_step, changes);
        }

        // What is told of new blocks is read from them, so they must have been handed over.
        told.ForEach(Tell);

        foreach ((long id, SubmitResult result) in answers)
        {
            // A refusal says nothing that a crash could take back.
            if (result.Refusal == Refusal.None)
            {
                _answers.Enqueue((_step, id, result));
            }
            else
            {
                Answer(id, result);
            }
        }

        ReleaseAnswers();
    }

    private void Dispatch(
        NodeOutput output,
        List<StoreChange> changes,
        List<(long Id, SubmitResult Result)> answers,
        List<NodeOutput> told)
    {
        switch (output)
        {
            case NodeOutput.Send send:
                Send(send);
                break;
            case NodeOutput.Drop drop:
                DropPeer(drop);
                break;
            case NodeOutput.StoreBlock store:
                Counters.Count(NodeCounters.BlocksStored);
                changes.Add(new StoreChange.PutBlock(store.Block, store.Arrival, store.IsValidated));
                break;
            case NodeOutput.MarkValidated mark:
                changes.Add(new StoreChange.MarkValidated(mark.Hash));
                break;
            case NodeOutput.MarkInvalid mark:
                changes.Add(new StoreChange.MarkInvalid(mark.Hash));
                break;
            case NodeOutput.StoreTransaction store:
                changes.Add(new StoreChange.PutTransaction(store.Transaction));
                break;
            case NodeOutput.ForgetTransactions forget:
                changes.AddRange(forget.Ids.Select(static id => new StoreChange.DropTransaction(id)));
                break;
            case NodeOutput.Answer answer:
                answers.Add((answer.Id, new SubmitResult(answer.Transaction, answer.Refusal)));
                break;
            case NodeOutput.Mine mine:
                _miner?.Mine(mine.Template);
                break;
            case NodeOutput.StopMining:
                _miner?.Pause();
                break;
            case NodeOutput.TipChanged or NodeOutput.Noted:
                told.Add(output);
                break;
            case NodeOutput.PeersLearned learned:
                Book.Add(learned.Addresses);
                break;
            default:
                throw new InvariantException("the outputs of a node are closed");
        }
    }

    private void Send(NodeOutput.Send send)
    {
        if (send.Message is NodeMessage.GetBlocks wanted)
        {
            Counters.Count(NodeCounters.BlocksRequested, string.Empty, wanted.Hashes.Count);
        }

        _links.GetValueOrDefault(send.Peer)?.Send(send.Message);
    }

    private void DropPeer(NodeOutput.Drop drop)
    {
        Counters.Count(NodeCounters.PeersDropped, drop.Cause.ToString());
        LogDropped(drop.Peer, drop.Reason);
        if (_links.Remove(drop.Peer, out IPeerLink? link))
        {
            link.Close(drop.Reason, TimeSpan.FromMilliseconds(drop.BanMs));
        }
    }

    private void Count(NodeMessage message)
    {
        if (message is NodeMessage.BlockBody)
        {
            Counters.Count(NodeCounters.BlocksReceived);
        }
    }

    // On the writer's thread. The answers wait on the loop.
    private void OnPersisted(long step) => Post(() =>
    {
        Counters.Count(NodeCounters.Commits);
        _persisted = step;
        ReleaseAnswers();
    });

    private void ReleaseAnswers()
    {
        while (_answers.TryPeek(out (long Step, long Id, SubmitResult Result) next) && next.Step <= _persisted)
        {
            _answers.Dequeue();
            Answer(next.Id, next.Result);
        }
    }

    private void Answer(long id, SubmitResult result)
    {
        if (_submits.Remove(id, out TaskCompletionSource<SubmitResult>? waiting))
        {
            waiting.TrySetResult(result);
        }
    }

    // On a thread of the miner.
    private void OnMined(BlockTemplate template, Block block) => Post(() =>
    {
        Step(new NodeInput.BlockMined(block));
        if (_node.Chain.Tip != block.Hash)
        {
            _ = RetryAsync(template);
        }
    });

    private async Task RetryAsync(BlockTemplate template)
    {
        await Task.Delay(RetryPause, _time, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _miner?.Retry(template);
    }
}
