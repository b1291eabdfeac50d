namespace Blockchain.Wire.Http;

/// <summary>An account.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">Name of the client that owns it.</param>
/// <param name="Balance">What it holds, with two decimals.</param>
/// <param name="PublicKey">130 hexadecimal digits.</param>
public sealed record AccountDto(int Id, string Name, string Balance, string PublicKey);

/// <summary>What moved, or was meant to move, on an account.</summary>
/// <param name="Account">Its number.</param>
/// <param name="Entries">In the order of the ledger.</param>
/// <param name="Next">The <c>from</c> with which to go on; null when there is no more.</param>
public sealed record HistoryDto(int Account, HistoryEntryDto[] Entries, long? Next);

/// <summary>One line of an account's history.</summary>
/// <param name="Index">Index of the block.</param>
/// <param name="Kind">OPEN or TRANSFER.</param>
/// <param name="Txid">The transfer; null for OPEN.</param>
/// <param name="From">The paying account; null for OPEN.</param>
/// <param name="To">The account paid; null for OPEN.</param>
/// <param name="Amount">With two decimals.</param>
/// <param name="Status">SUCCESS or ABORT; null for OPEN.</param>
/// <param name="Reason">Why ABORT, else null.</param>
/// <param name="Memo">The sender's note; null for OPEN.</param>
/// <param name="Timestamp">The maker's wall clock, ISO 8601, UTC.</param>
public sealed record HistoryEntryDto(
    long Index,
    string Kind,
    string? Txid,
    int? From,
    int? To,
    string Amount,
    string? Status,
    string? Reason,
    string? Memo,
    string Timestamp);

/// <summary>A member of a view.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Endpoint">Where it listens; empty while the bank does not know.</param>
public sealed record MemberDto(int Id, string Endpoint);

/// <summary>A view.</summary>
/// <param name="Epoch">Its number.</param>
/// <param name="Index">Index of its block.</param>
/// <param name="Hash">Hash of its block.</param>
/// <param name="Clock">Clock of its block.</param>
/// <param name="Members">Ascending by id.</param>
public sealed record ViewDto(int Epoch, long Index, string Hash, long Clock, MemberDto[] Members);

/// <summary>The bank's word that its ledger reaches a block.</summary>
/// <param name="Index">Index of the block.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Signature">The bank's signature, 128 hexadecimal digits.</param>
public sealed record CheckpointDto(long Index, string Hash, string Signature);

/// <summary>A checkpoint and what is needed to check it.</summary>
/// <param name="Index">Index of the block.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Signature">The bank's signature.</param>
/// <param name="Ledger">Hash of the ledger's first block.</param>
/// <param name="BankKey">The bank's public key.</param>
public sealed record LedgerCheckpointDto(long Index, string Hash, string Signature, string Ledger, string BankKey);

/// <summary>Some blocks of a ledger or chain.</summary>
/// <param name="Blocks">In order.</param>
/// <param name="Count">How many blocks there are in all.</param>
/// <param name="Head">Hash of the last of them.</param>
public sealed record LedgerPageDto(BlockDto[] Blocks, long Count, string Head);

/// <summary>
/// A block. What its kind does not have is null. <c>index</c>, <c>previousHash</c>, <c>hash</c> and <c>settled</c> are
/// derived; all else is what is hashed.
/// </summary>
public sealed record BlockDto
{
    /// <summary>Place in the ledger, from 0.</summary>
    public required long Index { get; init; }

    /// <summary>OPEN, VIEW or TRANSFER.</summary>
    public required string Kind { get; init; }

    /// <summary>The view in which it was made.</summary>
    public required int Epoch { get; init; }

    /// <summary>Logical clock of its token.</summary>
    public required long Clock { get; init; }

    /// <summary>Client of its token; 0 for the bank.</summary>
    public required int Client { get; init; }

    /// <summary>Place in its request.</summary>
    public required int Seq { get; init; }

    /// <summary>TRANSFER: its id, 32 hexadecimal digits.</summary>
    public string? Txid { get; init; }

    /// <summary>TRANSFER: the paying account.</summary>
    public int? From { get; init; }

    /// <summary>TRANSFER: the account paid.</summary>
    public int? To { get; init; }

    /// <summary>TRANSFER and OPEN: how much, with two decimals.</summary>
    public string? Amount { get; init; }

    /// <summary>TRANSFER: SUCCESS or ABORT.</summary>
    public string? Status { get; init; }

    /// <summary>TRANSFER: why ABORT.</summary>
    public string? Reason { get; init; }

    /// <summary>TRANSFER: the sender's note.</summary>
    public string? Memo { get; init; }

    /// <summary>The maker's wall clock, ISO 8601, UTC, milliseconds.</summary>
    public required string Timestamp { get; init; }

    /// <summary>OPEN: number of the account.</summary>
    public int? Account { get; init; }

    /// <summary>OPEN: name of the client.</summary>
    public string? Name { get; init; }

    /// <summary>OPEN: key of the client.</summary>
    public string? PublicKey { get; init; }

    /// <summary>VIEW: the members, ascending.</summary>
    public int[]? Members { get; init; }

    /// <summary>VIEW: key of the bank.</summary>
    public string? BankKey { get; init; }

    /// <summary>TRANSFER with seq 0: the client's signature over the whole request.</summary>
    public string? Signature { get; init; }

    /// <summary>Hash of the block before.</summary>
    public required string PreviousHash { get; init; }

    /// <summary>Hash of this block.</summary>
    public required string Hash { get; init; }

    /// <summary>Whether it can no longer move.</summary>
    public required bool Settled { get; init; }
}

/// <summary>A client's request queue.</summary>
/// <param name="Epoch">The view; 0 before the first.</param>
/// <param name="Entries">In the order in which their turns come.</param>
public sealed record QueueDto(int Epoch, QueueEntryDto[] Entries);

/// <summary>One request that waits.</summary>
/// <param name="Clock">Clock of its token.</param>
/// <param name="Client">Client of its token.</param>
/// <param name="Transfers">How many transfers it carries.</param>
/// <param name="Heard">Other members heard from later.</param>
/// <param name="Needed">Other members in all.</param>
public sealed record QueueEntryDto(long Clock, int Client, int Transfers, int Heard, int Needed);

/// <summary>A client's logical clock and where it stands.</summary>
/// <param name="Client">Its number; 0 before the first join.</param>
/// <param name="Clock">The clock.</param>
/// <param name="Phase">Joining, Installing, Member, Leaving or Stopped.</param>
public sealed record ClockDto(int Client, long Clock, string Phase);
