using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;
using Blockchain.Wire.Http;

namespace Blockchain.Node.Http;

/// <summary>Values of the core as JSON objects.</summary>
internal static class NodeConvert
{
    /// <summary>An amount as an exact number.</summary>
    public static decimal ToDecimal(Coins amount) => (decimal)amount.Units / Coins.UnitsPerCoin;

    /// <summary>What outputs pay together.</summary>
    public static decimal SumOf(IReadOnlyList<TransactionOutput> outputs) =>
        outputs.Sum(static output => (decimal)output.Amount.Units) / Coins.UnitsPerCoin;

    /// <summary>The 80 bytes of a header.</summary>
    public static string ToHex(Header header)
    {
        Span<byte> bytes = stackalloc byte[Header.Size];
        header.Write(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>A header at its place.</summary>
    public static HeaderDto ToDto(Header header, BlockHash hash, int height) => new(
        height,
        hash.ToString(),
        header.Version,
        header.Previous.ToString(),
        new BlockHash(header.MerkleRoot.Value).ToString(),
        header.Time,
        header.Bits.ToString(),
        header.Nonce,
        ToHex(header));

    /// <summary>A block at its place.</summary>
    /// <param name="block">The block.</param>
    /// <param name="height">Its height.</param>
    /// <param name="tip">Height of the tip.</param>
    /// <param name="whole">Whether its transactions are shown.</param>
    public static NodeBlockDto ToDto(Block block, int height, int tip, bool whole) => new(
        ToDto(block.Header, block.Hash, height),
        tip - height + 1,
        block.Size,
        SumOf(block.Transactions[0].Outputs),
        block.Transactions.Count,
        whole ? [.. block.Transactions.Select(ToDto)] : null);

    /// <summary>A transaction.</summary>
    public static TransactionDto ToDto(Transaction transaction)
    {
        TransactionDto dto = new(transaction.Id.ToString(), transaction.Kind, transaction.Size);
        return transaction switch
        {
            Transaction.Coinbase coinbase => dto with
            {
                Height = coinbase.Height,
                Text = coinbase.Text,
                Outputs = ToDtos(coinbase.Outputs),
                Value = SumOf(coinbase.Outputs),
            },
            Transaction.Payment payment => dto with
            {
                Inputs = [.. payment.Inputs.Select(static input => ToDto(input))],
                Outputs = ToDtos(payment.Outputs),
                Value = SumOf(payment.Outputs),
                Fee = ToDecimal(payment.Fee),
            },
            Transaction.Message message => dto with
            {
                Sender = message.SenderText,
                Text = message.Text,
                Nonce = message.Nonce,
                Signature = message.Signature.ToString(),
            },
            Transaction.Election election => dto with
            {
                Election = election.Name,
                Choices = [.. election.Choices],
                Roll = [.. election.Roll.Select(static entry => new VoterDto(entry.Voter, entry.Key.ToString()))],
                Sender = election.Organizer.ToString(),
                Signature = election.Signature.ToString(),
            },
            Transaction.Ballot ballot => dto with
            {
                Election = ballot.ElectionName,
                Voter = ballot.Voter,
                Choice = ballot.Choice,
                Sender = ballot.Key.ToString(),
                Signature = ballot.Signature.ToString(),
            },
            _ => throw new InvariantException("the kinds of transaction are closed"),
        };
    }

    /// <summary>An input.</summary>
    /// <param name="input">The input.</param>
    /// <param name="value">What it held; null when that is not said.</param>
    public static InputDto ToDto(TransactionInput input, Coins? value = null) => new(
        input.Source.Transaction.ToString(),
        input.Source.Index,
        Address.Of(input.Key).ToString(),
        input.Key.ToString(),
        input.Signature.ToString(),
        value is { } held ? ToDecimal(held) : null);

    /// <summary>Outputs.</summary>
    public static OutputDto[] ToDtos(IReadOnlyList<TransactionOutput> outputs) =>
        [.. outputs.Select(static output => new OutputDto(output.To.ToString(), ToDecimal(output.Amount)))];
}
