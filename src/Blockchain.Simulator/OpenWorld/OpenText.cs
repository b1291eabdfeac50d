using Blockchain.Core.OpenNetwork;

namespace Blockchain.Simulator;

/// <summary>Inputs and outputs of a full node, as a line of a trace shows them.</summary>
internal static class OpenText
{
    /// <summary>An input.</summary>
    public static string Of(NodeInput input) => input switch
    {
        NodeInput.FromPeer from => $"from {from.Peer}: {Of(from.Message)}",
        NodeInput.Submit submit => $"Submit {submit.Id} {submit.Transaction}",
        NodeInput.BlockMined mined => $"BlockMined {mined.Block.Hash.Short}",
        _ => input.ToString(),
    };

    /// <summary>An output.</summary>
    public static string Of(NodeOutput output) => output switch
    {
        NodeOutput.Send send => $"to {send.Peer}: {Of(send.Message)}",
        NodeOutput.StoreBlock store => $"StoreBlock {store.Block.Hash.Short} #{store.Arrival} {store.IsValidated}",
        NodeOutput.MarkValidated mark => $"MarkValidated {mark.Hash.Short}",
        NodeOutput.MarkInvalid mark => $"MarkInvalid {mark.Hash.Short}",
        NodeOutput.ForgetTransactions forget => $"ForgetTransactions {forget.Ids.Count}",
        NodeOutput.Mine mine => $"Mine {mine.Template.Height} of {mine.Template.TransactionCount}",
        NodeOutput.TipChanged tip => $"TipChanged {tip.OldTip.Hash.Short} -> {tip.NewTip.Hash.Short} at "
            + $"{tip.NewTip.Height}, {tip.Disconnected.Count} off, {tip.Connected.Count} on",
        NodeOutput.PeersLearned learned => $"PeersLearned {learned.Addresses.Count}",
        NodeOutput.Noted noted => Of(noted.Event),
        _ => output.ToString(),
    };

    private static string Of(NodeEvent told) => told switch
    {
        NodeEvent.BlockRefused refused => $"BlockRefused {refused.Hash.Short} {refused.Refusal.Fault} "
            + $"{refused.Refusal.Transaction}",
        NodeEvent.TransactionsReturned returned => $"TransactionsReturned {returned.Ids.Count}",
        _ => told.ToString(),
    };

    private static string Of(NodeMessage message) => message switch
    {
        NodeMessage.Headers headers => $"Headers {headers.List.Count}",
        NodeMessage.GetHeaders ask => $"GetHeaders {ask.Locator.Count}",
        NodeMessage.GetBlocks ask => $"GetBlocks {string.Join(' ', ask.Hashes.Select(hash => hash.Short))}",
        NodeMessage.NotFound missing => $"NotFound {missing.Hashes.Count}",
        NodeMessage.BlockBody body => $"BlockBody {body.Block.Hash.Short}",
        NodeMessage.InventoryOf inventory =>
            $"InventoryOf {inventory.Blocks.Count} blocks {inventory.Transactions.Count} transactions",
        NodeMessage.GetTransactions ask => $"GetTransactions {ask.Ids.Count}",
        NodeMessage.TransactionBodies bodies => $"TransactionBodies {bodies.List.Count}",
        NodeMessage.PeersAre peers => $"PeersAre {peers.Addresses.Count}",
        NodeMessage.Hello hello => $"Hello {hello.Listen} {hello.Height}",
        _ => message.ToString(),
    };
}
