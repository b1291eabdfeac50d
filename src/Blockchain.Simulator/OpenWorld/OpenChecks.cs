using Blockchain.Core.OpenNetwork;

namespace Blockchain.Simulator;

/// <summary>What must hold in an open network: after every step, and at its end.</summary>
internal sealed class OpenChecks(OpenWorld world)
{
    private const int AuditEvery = 8;
    private const int Deep = 3;
    private readonly SecondChecker _second = new(world.Parameters);
    private readonly HashSet<(OpenHost Host, TransactionId Id)> _lost = [];
    private long _tips;
    private bool _isAuditDue;

    /// <summary>Checks what a step of an honest node has done.</summary>
    public void Step(OpenHost host, NodeInput input, IReadOnlyList<NodeOutput> outputs)
    {
        foreach (NodeOutput output in outputs)
        {
            CountOne(host, output);
            if (host != world.Liar?.Host)
            {
                CheckOne(host, output);
            }
        }

        // The node is where its last output has taken it: one step can store and follow several blocks.
        if (_isAuditDue)
        {
            _isAuditDue = false;
            Audit(host);
        }

        CountHeard((input as NodeInput.FromPeer)?.Message);
    }

    /// <summary>Whether all honest nodes are up and have one tip, of the most work that any of them has.</summary>
    public bool IsSettled() =>
        world.Honest.All(host => host.Node is not null)
        && world.Honest.Select(host => host.Node!.Chain.Tip).Distinct().Count() == 1
        && world.Users.Accepted.All(transaction => Fate(transaction)
            is OpenHappening.ConfirmedTransaction or OpenHappening.ConflictingTransaction);

    /// <summary>Checks the end: one tip, its state, and nothing lost.</summary>
    public void Final()
    {
        BlockHash[] tips = [.. world.Honest.Select(host => host.Node?.Chain.Tip ?? BlockHash.Zero).Distinct()];
        if (tips.Length != 1)
        {
            throw new ViolationException(
                "convergence",
                "nothing fails any more, and the tips differ: " + string.Join(", ", world.Honest.Select(
                    host => $"node {host.Place} {host.Node?.Chain.Height} {host.Node?.Chain.Tip.Short}")));
        }

        foreach (OpenHost host in world.Honest)
        {
            Audit(host);
        }

        foreach (Transaction transaction in world.Users.Accepted)
        {
            world.Coverage.Count(Fate(transaction) ?? throw new ViolationException(
                "lost transaction", $"{transaction} was accepted, is nowhere, and in conflict with nothing"));
        }
    }

    private void CountHeard(NodeMessage? message)
    {
        switch (message)
        {
            case NodeMessage.Headers:
                world.Coverage.Count(OpenHappening.HeaderBatch);
                break;
            case NodeMessage.BlockBody:
                world.Coverage.Count(OpenHappening.FetchedBlock);
                break;
            case NodeMessage.TransactionBodies bodies:
                world.Coverage.Count(OpenHappening.RelayedTransaction, bodies.List.Count);
                break;
        }
    }

    private static void CheckSame(OpenHost host, string what, object here, object there)
    {
        if (!here.Equals(there))
        {
            throw new ViolationException(
                "state",
                $"node {host.Place} at height {host.Node!.Chain.Height}: {what} is {here}, replay gives {there}");
        }
    }

    /// <summary>Confirmed, in conflict, or waiting (accepted); null when it is lost.</summary>
    private OpenHappening? Fate(Transaction transaction)
    {
        foreach (OpenHost host in world.Honest)
        {
            if (host.Node!.Chain.TryFind(transaction.Id, out _))
            {
                return OpenHappening.ConfirmedTransaction;
            }
        }

        FullNode node = world.Honest.First().Node!;
        bool isWaiting = world.Honest.Any(host => host.Node!.Mempool.Contains(transaction.Id));
        bool fits = _second.Find(node.Chain.Tip) is { } state && _second.Fits(state, transaction);
        return isWaiting ? OpenHappening.AcceptedTransaction
            : fits ? null
            : OpenHappening.ConflictingTransaction;
    }

    private void CountOne(OpenHost host, NodeOutput output)
    {
        switch (output)
        {
            case NodeOutput.TipChanged { Disconnected.Count: > 0 } changed:
                world.Coverage.Count(OpenHappening.Reorganization);
                world.Coverage.Count(OpenHappening.ShallowReorganization, changed.Disconnected.Count == 1 ? 1 : 0);
                world.Coverage.Count(OpenHappening.DeepReorganization, changed.Disconnected.Count >= Deep ? 1 : 0);
                world.Coverage.Most(OpenHappening.DeepestReorganization, changed.Disconnected.Count);
                break;
            case NodeOutput.Noted { Event: NodeEvent.ForkSeen }:
                world.Coverage.Count(OpenHappening.Fork);
                break;
            case NodeOutput.Noted { Event: NodeEvent.OrphanKept }:
                world.Coverage.Count(OpenHappening.Orphan);
                break;
            case NodeOutput.Noted { Event: NodeEvent.BlockRefused refused }:
                world.Coverage.Count(OpenHappening.RefusedBlock);
                world.Coverage.Count(OpenHappening.JudgedLie, world.Liar?.Told(refused.Hash) == true ? 1 : 0);
                break;
            case NodeOutput.Noted { Event: NodeEvent.TransactionsReturned returned }:
                world.Coverage.Count(OpenHappening.ReturnedTransaction, returned.Ids.Count);
                world.Coverage.Count(
                    OpenHappening.RevivedTransaction, returned.Ids.Count(id => _lost.Remove((host, id))));
                break;
            case NodeOutput.Noted { Event: NodeEvent.TransactionDropped dropped }
                when dropped.Refusal is not (Refusal.None or Refusal.PoolFull):
                _lost.Add((host, dropped.Id));
                break;
        }
    }

    private void CheckOne(OpenHost host, NodeOutput output)
    {
        switch (output)
        {
            case NodeOutput.StoreBlock store:
                if (_second.Learn(store.Block) is { Length: > 0 } fault)
                {
                    throw new ViolationException(
                        "invalid block", $"node {host.Place} stores {store.Block.Hash.Short}, and {fault}");
                }

                CheckValid(host, store.Block.Hash, store.IsValidated);
                break;
            case NodeOutput.MarkValidated mark:
                CheckValid(host, mark.Hash, isValidated: true);
                break;
            case NodeOutput.MarkInvalid mark when _second.Find(mark.Hash) is not null:
                throw new ViolationException(
                    "valid block", $"node {host.Place} marks {mark.Hash.Short} as invalid, and it is not");
            case NodeOutput.TipChanged changed:
                if (_second.Find(changed.NewTip.Hash) is not { } state)
                {
                    throw new ViolationException(
                        "invalid tip", $"node {host.Place} follows {changed.NewTip.Hash.Short}, which is not valid");
                }

                if (_second.Find(changed.OldTip.Hash) is { } old && state.Work <= old.Work)
                {
                    throw new ViolationException(
                        "no more work", $"node {host.Place} leaves {changed.OldTip.Hash.Short} for no more work");
                }

                _isAuditDue |= ++_tips % AuditEvery == 0 || changed.Disconnected.Count > 0;
                break;
        }
    }

    private void CheckValid(OpenHost host, BlockHash hash, bool isValidated)
    {
        if (isValidated && _second.Judge(hash) is { Length: > 0 } fault)
        {
            throw new ViolationException(
                "invalid block", $"node {host.Place} takes {hash.Short} as valid, and {fault}");
        }
    }

    /// <summary>Compares everything that a node's state says with the replay of the same chain.</summary>
    private void Audit(OpenHost host)
    {
        ChainState chain = host.Node!.Chain;
        SecondChecker.State state = _second.Find(chain.Tip)
            ?? throw new ViolationException("invalid tip", $"the tip of node {host.Place} is not valid");
        CheckSame(host, "the height", chain.Height, state.Height);
        CheckSame(host, "the supply", chain.Supply.Units, state.Supply);
        long sum = state.Unspent.Values.Sum(static coin => coin.Units);
        CheckSame(host, "the sum of all rewards", sum, state.Supply);
        foreach ((OutPoint source, SecondChecker.Coin coin) in state.Unspent)
        {
            OutputStatus status = chain.Find(source, out UnspentOutput output);
            CheckSame(host, $"output {source}", status, OutputStatus.Unspent);
            CheckSame(host, $"output {source}", output.Amount.Units, coin.Units);
        }

        foreach (IGrouping<Address, SecondChecker.Coin> owner in state.Unspent.Values.GroupBy(coin => coin.Owner))
        {
            CheckSame(
                host, $"the balance of {owner.Key}", chain.BalanceOf(owner.Key).Units,
                owner.Sum(static coin => coin.Units));
        }

        int coins = world.Hosts.Sum(each => chain.UnspentOf(each.Wallet.Address).Count);
        CheckSame(host, "the number of outputs", coins, state.Unspent.Count);
    }
}
