using System.Globalization;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Simulator;

/// <summary>The people: they pay, speak and vote at any node that is up, and now and then spend twice or vote
/// twice.</summary>
internal sealed class OpenUsers(OpenWorld world)
{
    private const int MaxGapMs = 1_500;
    private readonly Dictionary<long, Transaction> _asked = [];
    private readonly Dictionary<TransactionId, Transaction> _accepted = [];
    private long _number;

    /// <summary>What nodes said they have, durably.</summary>
    public IReadOnlyCollection<Transaction> Accepted => _accepted.Values;

    /// <summary>Begins.</summary>
    public void Begin() => world.Schedule.After(world.Random.Between(1, MaxGapMs), () =>
    {
        if (!world.IsQuiet)
        {
            Act();
            Begin();
        }
    });

    /// <summary>A node answered.</summary>
    public void Answered(OpenHost host, NodeOutput.Answer answer)
    {
        if (!_asked.Remove(answer.Id, out Transaction? transaction))
        {
            throw new ViolationException("answer", $"node {host.Place} answers what nobody asked");
        }

        bool isAccepted = answer.Refusal == Refusal.None;
        world.Coverage.Count(
            isAccepted ? OpenHappening.AcceptedTransaction : OpenHappening.RefusedTransaction);
        if (isAccepted && host != world.Liar?.Host)
        {
            _accepted.TryAdd(transaction.Id, transaction);
        }
    }

    private void Act()
    {
        OpenHost host = world.Random.Pick(world.Hosts);
        if (host.Node is { } node && Make(node) is { } transaction)
        {
            Submit(host, transaction);
            if (world.Random.PerMille(200))
            {
                Submit(world.Random.Pick(world.Hosts), transaction);
            }
        }
    }

    private void Submit(OpenHost host, Transaction transaction)
    {
        if (host.Node is not null)
        {
            _asked[++_number] = transaction;
            host.Step(new NodeInput.Submit(_number, transaction));
        }
    }

    private Transaction? Make(FullNode node)
    {
        OpenWallet wallet = world.Random.Pick(world.Hosts).Wallet;
        int kind = world.Random.Between(0, 9);
        if (kind < 2)
        {
            string text = world.Random.Between(0L, 30).ToString(CultureInfo.InvariantCulture);
            return wallet.Say(text, kind == 0 ? null : node.Chain.NextNonce(wallet.Key));
        }

        if (kind == 2)
        {
            string voter = world.Random.Between(0L, 40).ToString(CultureInfo.InvariantCulture);
            return wallet.Vote(node.Chain.GenesisHash, "tea", voter, world.Random.Pick(["yes", "no"]));
        }

        OutPoint[] sources = [.. node.Chain.UnspentOf(wallet.Address)
            .OrderBy(static source => source.Transaction.ToString(), StringComparer.Ordinal)
            .ThenBy(static source => source.Index)];
        return sources.Length > 0 ? Pay(node, wallet, world.Random.Pick(sources)) : null;
    }

    private Transaction.Payment? Pay(FullNode node, OpenWallet wallet, OutPoint source)
    {
        if (node.Chain.Find(source, out UnspentOutput output) != OutputStatus.Unspent || output.Amount.Units < 10)
        {
            return null;
        }

        long fee = world.Random.Between(0, output.Amount.Units / 10);
        long rest = output.Amount.Units - fee;
        long part = world.Random.Between(1, rest - 1);
        OpenWallet other = world.Random.Pick(world.Hosts).Wallet;
        return wallet.Pay(
            node.Chain.GenesisHash,
            source,
            [
                new TransactionOutput(other.Address, new Coins(part)),
                new TransactionOutput(wallet.Address, new Coins(rest - part)),
            ],
            new Coins(fee));
    }
}
