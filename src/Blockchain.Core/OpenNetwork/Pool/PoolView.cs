namespace Blockchain.Core.OpenNetwork;

/// <content>The chain with what waits for a block on top of it: what the next transaction is judged by.</content>
public sealed partial class Mempool
{
    private sealed class View(Mempool pool) : LedgerView
    {
        public override int NextHeight => pool._chain.NextHeight;

        public override OutputStatus Find(OutPoint source, out UnspentOutput output)
        {
            output = default;
            if (pool._claims.ContainsKey(Claim.Output(source)))
            {
                return OutputStatus.SpentByPending;
            }

            if (!pool._entries.TryGetValue(source.Transaction, out PoolEntry? entry))
            {
                return pool._chain.Find(source, out output);
            }

            IReadOnlyList<TransactionOutput> outputs = entry.Transaction.Outputs;
            if (source.Index >= outputs.Count)
            {
                return OutputStatus.Unknown;
            }

            output = new UnspentOutput(
                outputs[source.Index].To, outputs[source.Index].Amount, NextHeight, IsReward: false);
            return OutputStatus.Unspent;
        }

        public override long NextNonce(Ed25519Key sender) =>
            pool._chain.NextNonce(sender) + pool._numbered.GetValueOrDefault(sender);

        public override bool HasMessage(Ed25519Key sender, string text) =>
            pool._claims.ContainsKey(Claim.Said(sender, text)) || pool._chain.HasMessage(sender, text);

        public override bool TryFindElection(string name, out Transaction.Election? definition)
        {
            if (pool._claims.TryGetValue(Claim.Election(name), out PoolEntry? entry))
            {
                definition = (Transaction.Election)entry.Transaction;
                return true;
            }

            return pool._chain.TryFindElection(name, out definition) || pool._ballots.ContainsKey(name);
        }

        public override bool HasBallot(string election, string voter) =>
            pool._claims.ContainsKey(Claim.Vote(election, voter)) || pool._chain.HasBallot(election, voter);
    }
}
