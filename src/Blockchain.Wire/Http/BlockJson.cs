using System.Globalization;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Wire.Http;

/// <summary>Blocks as JSON shows them, and back. What comes back has the same canonical bytes.</summary>
public static class BlockJson
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
    private static readonly long MaxUnixMs = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>A block at its place.</summary>
    public static BlockDto From(Block block, long index, Hash previous, Hash hash, bool settled)
    {
        BlockDto dto = new()
        {
            Index = index,
            Kind = block.Kind,
            Epoch = block.Epoch,
            Clock = block.Key.Token.Clock,
            Client = block.Key.Token.Client,
            Seq = block.Key.Seq,
            Timestamp = FormatTime(block.UnixMs),
            PreviousHash = previous.ToString(),
            Hash = hash.ToString(),
            Settled = settled,
        };
        return block switch
        {
            Block.Open open => dto with
            {
                Account = open.Account,
                Name = open.Name,
                Amount = open.Deposit.ToString(),
                PublicKey = open.PublicKey.ToString(),
            },
            Block.View view => dto with { Members = [.. view.Members], BankKey = view.BankKey.ToString() },
            Block.Payment payment => dto with
            {
                Txid = payment.Transfer.Id.ToString(),
                From = payment.Transfer.From,
                To = payment.Transfer.To,
                Amount = payment.Transfer.Amount.ToString(),
                Status = payment.Outcome.Status(),
                Reason = payment.Outcome.Reason(),
                Memo = payment.Transfer.Memo,
                Signature = payment.Signature?.ToString(),
            },
            _ => throw new InvariantException($"{block.Kind} has no form in JSON"),
        };
    }

    /// <summary>The block that a JSON object describes. Its hash is for the caller to check.</summary>
    /// <exception cref="FormatFaultException">A field is missing or is not what its name says.</exception>
    public static Block ToBlock(BlockDto dto)
    {
        BlockKey key = new(new Token(Parse.Range(dto.Clock, "clock"), Parse.Number(dto.Client, "client")), dto.Seq);
        if (dto.Seq is < 0 or > ushort.MaxValue)
        {
            throw Parse.Fault("seq");
        }

        int epoch = Parse.Number(dto.Epoch, "epoch");
        long time = ParseTime(dto.Timestamp);
        Block block = dto.Kind switch
        {
            "OPEN" => new Block.Open(
                epoch,
                key,
                time,
                Parse.Number(dto.Account, "account"),
                Parse.Text(dto.Name, Limits.NameCharacters, "name"),
                ParseAmount(dto.Amount),
                Parse.Key(dto.PublicKey, "publicKey")),
            "VIEW" => new Block.View(epoch, key, time, ParseMembers(dto.Members), Parse.Key(dto.BankKey, "bankKey")),
            "TRANSFER" => ToPayment(dto, epoch, key, time),
            _ => throw Parse.Fault("kind"),
        };
        return block;
    }

    /// <summary>Milliseconds since 1970 as ISO 8601, UTC. Times beyond the year 9999 stay numbers.</summary>
    public static string FormatTime(long unixMs) => unixMs <= MaxUnixMs
        ? DateTimeOffset.FromUnixTimeMilliseconds(unixMs).ToString(TimeFormat, CultureInfo.InvariantCulture)
        : unixMs.ToString(CultureInfo.InvariantCulture);

    private static Block.Payment ToPayment(BlockDto dto, int epoch, BlockKey key, long time)
    {
        if (!TransferId.TryParse(dto.Txid, out TransferId id))
        {
            throw Parse.Fault("txid");
        }

        if (!Outcomes.TryParse(dto.Status, dto.Reason, out Outcome outcome))
        {
            throw Parse.Fault("status");
        }

        if (dto.Signature is not null != (key.Seq == 0))
        {
            throw new FormatFaultException("the first block of a request carries its signature, and no other");
        }

        Transfer transfer = new(
            id,
            Parse.Number(dto.From, "from"),
            Parse.Number(dto.To, "to"),
            ParseAmount(dto.Amount),
            Parse.Text(dto.Memo, Limits.MemoCharacters, "memo"),
            time);
        Signature? signature = dto.Signature is null ? null : Parse.Signature(dto.Signature, "signature");
        return new Block.Payment(epoch, key, transfer, outcome, signature);
    }

    private static int[] ParseMembers(int[]? members) =>
        members is not null && members.Length <= Limits.Members && members.All(member => member >= 0)
            ? members
            : throw Parse.Fault("members");

    // Not Money.Parse: a ledger may hold amounts that no transfer may ask for, as aborted blocks or a deposit of 0.
    private static Money ParseAmount(string? text)
    {
        const int Decimals = 3;
        if (text is not null && text.Length > Decimals && text[^Decimals] == '.'
            && long.TryParse(
                string.Concat(text.AsSpan(0, text.Length - Decimals), text.AsSpan(text.Length - Decimals + 1)),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out long minor)
            && new Money(minor).ToString() == text)
        {
            return new Money(minor);
        }

        throw Parse.Fault("amount");
    }

    private static long ParseTime(string? text)
    {
        if (DateTimeOffset.TryParseExact(
            text,
            TimeFormat,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out DateTimeOffset time) && time >= DateTimeOffset.UnixEpoch)
        {
            return time.ToUnixTimeMilliseconds();
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long unixMs)
            && unixMs > MaxUnixMs
            ? unixMs
            : throw Parse.Fault("timestamp");
    }
}
