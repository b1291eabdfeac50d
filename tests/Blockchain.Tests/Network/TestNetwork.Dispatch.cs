using Blockchain.Core.BankNetwork;

namespace Blockchain.Tests.Network;

/// <content>What a host does with the outputs.</content>
internal sealed partial class TestNetwork
{
    private readonly Dictionary<long, int> _joinCalls = [];
    private readonly List<Block> _unflushed = [];
    private long _joinCall;

    private void StepClient(int id, ClientInput input)
    {
        TestClient client = Clients[id - 1];
        ClientOutput[] outputs = [.. client.Process.Step(input)];
        Writes += outputs.OfType<ClientOutput.ToPeer>().DistinctBy(output => output.Frame.To).Count();
        foreach (ClientOutput output in outputs)
        {
            Dispatch(id, client, output);
        }
    }

    private void Dispatch(int id, TestClient client, ClientOutput output)
    {
        switch (output)
        {
            case ClientOutput.ToPeer toPeer:
                Count(toPeer.Frame);
                Send(id, toPeer.Frame.To, toPeer.Frame);
                break;
            case ClientOutput.ToBank toBank:
                Send(id, Limits.Bank, toBank.Message);
                break;
            case ClientOutput.Join join:
                _joinCalls[++_joinCall] = id;
                _local.Enqueue((Limits.Bank, new BankInput.Join(_joinCall, join.Request)));
                break;
            case ClientOutput.Connect connect:
                Connect(id, client, connect);
                break;
            case ClientOutput.Sign sign:
                _local.Enqueue((id, new ClientInput.RequestSigned(
                    sign.Epoch, sign.Token, TestSignatures.Sign(client.Key, sign.Digest))));
                break;
            case ClientOutput.Fetch fetch:
                if (HoldFetches)
                {
                    _local.Enqueue((id, new ClientInput.FetchFailed()));
                    break;
                }

                IEnumerable<Block> source = fetch.Source == Limits.Bank
                    ? _bankStored.Take((int)_bank.DurableCount)
                    : Clients[fetch.Source - 1].Stored;
                _local.Enqueue((id, new ClientInput.Fetched(
                    fetch.From, [.. source.Skip((int)fetch.From).Take(Limits.FetchBlocks)])));
                break;
            case ClientOutput.Tell tell:
                client.Events.Add(tell.Event);
                Trace.Happened(id, client.Process.Clock, tell.Event);
                break;
            default:
                Store(id, client, output);
                break;
        }
    }

    private void Store(int id, TestClient client, ClientOutput output)
    {
        switch (output)
        {
            case ClientOutput.PersistIntent persist:
                client.Intents.Add(persist.Transfer.Id, persist.Transfer);
                if (!HoldIntents)
                {
                    _local.Enqueue((id, new ClientInput.IntentsPersisted(persist.Number)));
                }

                break;
            case ClientOutput.ForgetIntent forget:
                client.Intents.Remove(forget.Id);
                break;
            case ClientOutput.Store store:
                client.Stored.Should().HaveCount((int)store.From, "settled blocks are stored in order");
                client.Stored.AddRange(store.Blocks);
                break;
            case ClientOutput.StoreCheckpoint checkpoint:
                client.Checkpoint = checkpoint.Checkpoint;
                break;
        }
    }

    private void Connect(int id, TestClient client, ClientOutput.Connect connect)
    {
        int[] peers = [.. connect.Peers.Select(peer => peer.Id)];
        foreach (int gone in client.Connected.Except(peers).ToArray())
        {
            client.Connected.Remove(gone);
            _local.Enqueue((id, new ClientInput.PeerDisconnected(gone)));
        }

        foreach (int peer in peers.Where(peer => !Cut.Contains((Math.Min(id, peer), Math.Max(id, peer)))))
        {
            if (client.Connected.Add(peer))
            {
                _local.Enqueue((id, new ClientInput.PeerConnected(peer)));
            }
        }
    }

    private void StepBank(BankInput input)
    {
        foreach (BankOutput output in _bank.Step(input).ToArray())
        {
            Dispatch(output);
        }
    }

    private void Dispatch(BankOutput output)
    {
        switch (output)
        {
            case BankOutput.Send send:
                Send(Limits.Bank, send.Client, send.Message);
                break;
            case BankOutput.Persist persist:
                // What is held is not on the disk: a restart loses it.
                _unflushed.AddRange(persist.Blocks);
                if (!HoldBankDisk)
                {
                    Flush();
                }

                break;
            case BankOutput.AnswerJoin answer:
                // A join that the test itself has sent has nobody to answer.
                if (_joinCalls.TryGetValue(answer.Call, out int joined))
                {
                    _local.Enqueue((joined, new ClientInput.Joined(answer.Answer)));
                    _local.Enqueue((Limits.Bank, new BankInput.Connected(joined)));
                    _local.Enqueue((joined, new ClientInput.BankConnected()));
                }

                break;
            case BankOutput.RefuseJoin refuse:
                _local.Enqueue((_joinCalls[refuse.Call], new ClientInput.JoinFailed(refuse.Reason)));
                break;
            case BankOutput.SignCheckpoint sign:
                _local.Enqueue((Limits.Bank, new BankInput.CheckpointSigned(
                    new Checkpoint(sign.Index, sign.Hash, TestSignatures.Sign(_bankKey, sign.Digest)))));
                break;
            case BankOutput.Fetch fetch:
                TestClient source = Clients.Single(client => client.Endpoint == fetch.Endpoint);
                _local.Enqueue((Limits.Bank, new BankInput.Fetched(
                    fetch.From, [.. source.Stored.Skip((int)fetch.From).Take(Limits.FetchBlocks)])));
                break;
            case BankOutput.Tell tell:
                BankEvents.Add(tell.Event);
                Trace.Happened(tell.Event);
                break;
        }
    }

    private void Flush()
    {
        Commits++;
        _bankStored.AddRange(_unflushed);
        _unflushed.Clear();
        _local.Enqueue((Limits.Bank, new BankInput.Persisted(_bankStored.Count - 1)));
    }

    private void Send(int from, int to, object message) => _wire.Add(new Envelope(++_sent, from, to, message));

    private void Count(Frame frame)
    {
        if (frame.Seq > 0)
        {
            Sent[frame.Message.Name] = Sent.GetValueOrDefault(frame.Message.Name) + 1;
        }
    }
}
