using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>What the bank's rules make of a request. Closed.</summary>
public abstract record ApplyResult
{
    private ApplyResult()
    {
    }

    /// <summary>It has new rows.</summary>
    /// <param name="FirstIndex">Index of the first.</param>
    /// <param name="Blocks">The rows.</param>
    /// <param name="Hashes">Their hashes.</param>
    /// <param name="Outcomes">One per transfer.</param>
    public sealed record Applied(
        long FirstIndex, IReadOnlyList<Block> Blocks, IReadOnlyList<Hash> Hashes, IReadOnlyList<Outcome> Outcomes)
        : ApplyResult;

    /// <summary>It has rows from before.</summary>
    /// <param name="Token">The token under which they stand.</param>
    /// <param name="FirstIndex">Index of the first.</param>
    /// <param name="Outcomes">One per transfer.</param>
    /// <param name="Head">Hash of the last.</param>
    public sealed record Recorded(Token Token, long FirstIndex, IReadOnlyList<Outcome> Outcomes, Hash Head)
        : ApplyResult;

    /// <summary>It has no row and gets none.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Refused(Refusal Reason) : ApplyResult;
}

/// <summary>The bank's rules (7 and 9): what a request and a change of members add to the ledger. No time, no
/// disk.</summary>
/// <param name="state">The ledger, with everything ordered so far.</param>
/// <param name="read">Reads a block that is in the ledger, by index.</param>
/// <param name="rules">The rules in force; all of them but in a simulation.</param>
public sealed class BankLedger(LedgerState state, Func<long, Block> read, ProtocolRules rules = ProtocolRules.All)
{
    /// <summary>Rule 7, in its order: known transfers, epoch, membership and signature, fence, then the rows.</summary>
    /// <param name="client">The client at the other end of the link.</param>
    /// <param name="request">What it asks for.</param>
    /// <param name="signatureHolds">Whether the signature over the request is that client's.</param>
    public ApplyResult Apply(int client, SignedRequest request, bool signatureHolds)
    {
        if (rules.HasFlag(ProtocolRules.Dedup) && FindKnown(request) is { } known)
        {
            return known;
        }

        return Refuse(client, request, signatureHolds) is { } reason
            ? new ApplyResult.Refused(reason)
            : Append(request);
    }

    /// <summary>Rule 9: appends the accounts that are new and then the view with these members.</summary>
    /// <param name="members">Members of the new view, ascending.</param>
    /// <param name="joiners">New accounts: name, key and opening deposit.</param>
    /// <param name="bankKey">The bank's key.</param>
    /// <param name="unixMs">Wall clock.</param>
    /// <returns>The blocks, the view last, and their hashes.</returns>
    public (IReadOnlyList<Block> Blocks, IReadOnlyList<Hash> Hashes) ChangeView(
        IReadOnlyList<int> members, IReadOnlyList<NewAccount> joiners, PublicKey bankKey, long unixMs)
    {
        Token token = new(state.LastKey.Token.Clock + 1, Limits.Bank);
        List<Block> blocks = [];
        List<Hash> hashes = [];
        foreach (NewAccount joiner in joiners)
        {
            Add(new Block.Open(
                state.Epoch, new BlockKey(token, blocks.Count), unixMs, state.Accounts.Count + 1, joiner.Name,
                joiner.Deposit, joiner.PublicKey));
        }

        Add(new Block.View(state.Epoch + 1, new BlockKey(token, blocks.Count), unixMs, members, bankKey));
        return (blocks, hashes);

        void Add(Block block)
        {
            LedgerFault fault = state.TryAppend(block);
            Invariant.Holds(fault == LedgerFault.None, $"the bank makes blocks that may stand: {fault}");
            blocks.Add(block);
            hashes.Add(state.Head);
        }
    }

    private ApplyResult? FindKnown(SignedRequest request)
    {
        int known = 0;
        HashSet<TransferId> ids = new(request.Transfers.Count);
        foreach (Transfer transfer in request.Transfers)
        {
            known += state.TryFind(transfer.Id, out _, out _) ? 1 : 0;
            if (!ids.Add(transfer.Id))
            {
                return new ApplyResult.Refused(Refusal.PartlyKnown);
            }
        }

        if (known == 0)
        {
            return null;
        }

        return known == request.Transfers.Count ? Receipt(request) : new ApplyResult.Refused(Refusal.PartlyKnown);
    }

    private ApplyResult Receipt(SignedRequest request)
    {
        state.TryFind(request.Transfers[0].Id, out long firstIndex, out _);
        Outcome[] outcomes = new Outcome[request.Transfers.Count];
        Token token = read(firstIndex).Key.Token;
        bool standTogether = true;
        for (int i = 0; i < outcomes.Length; i++)
        {
            if (!state.TryFind(request.Transfers[i].Id, out long index, out outcomes[i])
                || read(index) is not Block.Payment payment || payment.Transfer != request.Transfers[i])
            {
                return new ApplyResult.Refused(Refusal.Conflict);
            }

            standTogether &= index == firstIndex + i && payment.Key.Token == token;
        }

        if (!standTogether)
        {
            // A copy that comes late: in a later view the same transfers were asked for again, in other requests.
            return new ApplyResult.Refused(Refusal.PartlyKnown);
        }

        return new ApplyResult.Recorded(token, firstIndex, outcomes, state.Hashes[firstIndex + outcomes.Length - 1]);
    }

    private Refusal? Refuse(int client, SignedRequest request, bool signatureHolds)
    {
        if (rules.HasFlag(ProtocolRules.Epoch) && request.Epoch != state.Epoch)
        {
            return Refusal.Epoch;
        }

        if (rules.HasFlag(ProtocolRules.Epoch) && !state.IsMember(client))
        {
            return Refusal.NotMember;
        }

        if (!signatureHolds || request.Token.Client != client || request.Transfers.Any(t => t.From != client))
        {
            return Refusal.BadSignature;
        }

        if (rules.HasFlag(ProtocolRules.Fence) && request.Token <= state.LastKey.Token)
        {
            return Refusal.Stale;
        }

        return request.Token.Clock > state.LastKey.Token.Clock + Limits.ClockAhead ? Refusal.ClockTooFar : null;
    }

    private ApplyResult.Applied Append(SignedRequest request)
    {
        long firstIndex = state.Count;
        int count = request.Transfers.Count;
        Block[] blocks = new Block[count];
        Hash[] hashes = new Hash[count];
        Outcome[] outcomes = new Outcome[count];
        for (int seq = 0; seq < count; seq++)
        {
            Transfer transfer = request.Transfers[seq];
            outcomes[seq] = state.Decide(transfer.Terms);
            blocks[seq] = new Block.Payment(
                request.Epoch, new BlockKey(request.Token, seq), transfer, outcomes[seq],
                seq == 0 ? request.Signature : null);
            AppendOne(blocks[seq]);
            hashes[seq] = state.Head;
        }

        return new ApplyResult.Applied(firstIndex, blocks, hashes, outcomes);
    }

    private void AppendOne(Block block)
    {
        if (rules != ProtocolRules.All)
        {
            state.AppendUnchecked(block, block.HashAfter(state.Head));
            return;
        }

        LedgerFault fault = state.TryAppend(block);
        Invariant.Holds(fault == LedgerFault.None, $"what the bank's rules allow may stand in the ledger: {fault}");
    }
}

/// <summary>An account to be opened.</summary>
/// <param name="Name">Name of the client.</param>
/// <param name="PublicKey">Its key.</param>
/// <param name="Deposit">Its opening deposit.</param>
public sealed record NewAccount(string Name, PublicKey PublicKey, Money Deposit);
