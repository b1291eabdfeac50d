using System.Text.Json.Serialization;

namespace Blockchain.Wire.Http;

// What a node of the open network says over HTTP. Names are in snake case, amounts are JSON numbers with at most eight
// decimals, hashes 64 hexadecimal digits in the order in which work shows as leading zeros.

/// <summary>What a node knows of its network.</summary>
/// <param name="Name">Name of the network.</param>
/// <param name="Height">Height of the tip; 0 is the genesis block.</param>
/// <param name="TotalTransactions">Transactions on the best chain.</param>
/// <param name="TotalAddresses">Addresses that hold something.</param>
/// <param name="BlockTime">Seconds that a block is meant to take.</param>
/// <param name="BlockReward">What the next block may create.</param>
/// <param name="RichList">The addresses that hold most, the richest first.</param>
/// <param name="NetworkId">Hash of the genesis block; signatures cover it.</param>
/// <param name="Tip">Hash of the tip.</param>
/// <param name="Work">Hashes that the best chain is expected to have taken, 64 hexadecimal digits.</param>
/// <param name="Bits">Compact target of the next block, 8 hexadecimal digits.</param>
/// <param name="Pending">Transactions that wait for a block.</param>
/// <param name="CoinbaseMaturity">Blocks after which a reward may be spent.</param>
/// <param name="Supply">Sum of everything that can be spent.</param>
/// <param name="Peers">Nodes connected.</param>
/// <param name="Syncing">Whether the node still fetches blocks of a better chain.</param>
/// <param name="Miner">Address that this node mines for; null when it does not mine.</param>
public sealed record NodeInfoDto(
    string Name,
    int Height,
    long TotalTransactions,
    long TotalAddresses,
    int BlockTime,
    decimal BlockReward,
    BalanceDto[] RichList,
    string NetworkId,
    string Tip,
    string Work,
    string Bits,
    int Pending,
    int CoinbaseMaturity,
    decimal Supply,
    int Peers,
    bool Syncing,
    string? Miner);

/// <summary>What an address holds.</summary>
/// <param name="Address">The address.</param>
/// <param name="Balance">Sum of its unspent outputs.</param>
public sealed record BalanceDto(string Address, decimal Balance);

/// <summary>A header, and where its block stands.</summary>
/// <param name="Height">Place in the chain.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Version">Version of the rules.</param>
/// <param name="PreviousHash">Hash of the block before.</param>
/// <param name="MerkleRoot">Root over the transactions.</param>
/// <param name="Time">Seconds since 1970.</param>
/// <param name="Bits">Compact target, 8 hexadecimal digits.</param>
/// <param name="Nonce">What makes the hash meet the target.</param>
/// <param name="Hex">The 80 bytes of the header.</param>
public sealed record HeaderDto(
    int Height,
    string Hash,
    int Version,
    string PreviousHash,
    string MerkleRoot,
    long Time,
    string Bits,
    long Nonce,
    string Hex);

/// <summary>A block of the best chain.</summary>
/// <param name="Header">Its header.</param>
/// <param name="Confirmations">Blocks of the best chain from this one to the tip; 1 for the tip.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Reward">What its coinbase pays out.</param>
/// <param name="TransactionCount">Number of transactions.</param>
/// <param name="Transactions">The transactions, the coinbase first; null in lists.</param>
public sealed record NodeBlockDto(
    HeaderDto Header,
    int Confirmations,
    int Size,
    decimal Reward,
    int TransactionCount,
    TransactionDto[]? Transactions);

/// <summary>Several blocks.</summary>
/// <param name="Blocks">By height.</param>
/// <param name="Next">The <c>from</c> with which to go on; null when there is no more.</param>
public sealed record NodeBlocksDto(NodeBlockDto[] Blocks, int? Next);

/// <summary>Several headers.</summary>
/// <param name="Headers">By height.</param>
/// <param name="Next">The <c>from</c> with which to go on; null when there is no more.</param>
public sealed record HeadersDto(HeaderDto[] Headers, int? Next);

/// <summary>Any transaction; what its kind does not have is left out.</summary>
/// <param name="Txid">Its id.</param>
/// <param name="Kind">coinbase, payment, message, election or ballot.</param>
/// <param name="Size">Bytes.</param>
public sealed record TransactionDto(string Txid, string Kind, int Size)
{
    /// <summary>What a payment spends.</summary>
    public InputDto[]? Inputs { get; init; }

    /// <summary>What a coinbase or a payment pays.</summary>
    public OutputDto[]? Outputs { get; init; }

    /// <summary>Sum of the outputs.</summary>
    public decimal? Value { get; init; }

    /// <summary>What a payment leaves to the miner.</summary>
    public decimal? Fee { get; init; }

    /// <summary>Height that a coinbase names.</summary>
    public int? Height { get; init; }

    /// <summary>Text of a coinbase or a message.</summary>
    public string? Text { get; init; }

    /// <summary>Key of who sent a message, made an election or voted, 64 hexadecimal digits.</summary>
    public string? Sender { get; init; }

    /// <summary>Number of a message of its sender, when it has one.</summary>
    public long? Nonce { get; init; }

    /// <summary>Name of the election that is made or voted in.</summary>
    public string? Election { get; init; }

    /// <summary>What may be chosen; empty for anything.</summary>
    public string[]? Choices { get; init; }

    /// <summary>Who may vote; empty for anybody.</summary>
    public VoterDto[]? Roll { get; init; }

    /// <summary>Who voted.</summary>
    public string? Voter { get; init; }

    /// <summary>For what.</summary>
    public string? Choice { get; init; }

    /// <summary>Signature of a message, election or ballot, 128 hexadecimal digits.</summary>
    public string? Signature { get; init; }
}

/// <summary>An output that a payment spends.</summary>
/// <param name="Txid">Transaction that made the output.</param>
/// <param name="Output">Index of the output there.</param>
/// <param name="Address">Whose it was.</param>
/// <param name="Key">Key of the owner.</param>
/// <param name="Signature">Signature over the whole payment.</param>
/// <param name="Value">What it held; said where one input is asked for.</param>
public sealed record InputDto(
    string Txid, int Output, string Address, string Key, string Signature, decimal? Value = null);

/// <summary>What is paid to whom.</summary>
/// <param name="Address">To whom.</param>
/// <param name="Value">How much.</param>
public sealed record OutputDto(string Address, decimal Value);

/// <summary>One who may vote.</summary>
/// <param name="Voter">Id of the voter.</param>
/// <param name="Key">Key that signs the ballot, 64 hexadecimal digits.</param>
public sealed record VoterDto(string Voter, string Key);

/// <summary>The transactions that wait, or those of a block.</summary>
/// <param name="Count">How many there are in all.</param>
/// <param name="Transactions">The first of them.</param>
public sealed record TransactionsDto(int Count, TransactionDto[] Transactions);

/// <summary>The outputs of a transaction.</summary>
/// <param name="Outputs">By index.</param>
public sealed record OutputsDto(OutputDto[] Outputs);

/// <summary>The inputs of a transaction.</summary>
/// <param name="Inputs">By index.</param>
public sealed record InputsDto(InputDto[] Inputs);

/// <summary>A transaction to be taken.</summary>
/// <param name="Hex">Its canonical bytes in hexadecimal digits.</param>
public sealed record SubmitBody(string Hex);

/// <summary>A transaction that was taken: it is on the node's disk and waits for a block.</summary>
/// <param name="Txid">Its id.</param>
public sealed record SubmitAnswerDto(string Txid);

/// <summary>Where a transaction stands.</summary>
/// <param name="Txid">Its id.</param>
/// <param name="Status">pending, or confirmed when it is on the best chain.</param>
/// <param name="Confirmations">Blocks from its own to the tip; 0 while it is pending.</param>
/// <param name="Height">Height of its block.</param>
/// <param name="BlockHash">Hash of its block.</param>
/// <param name="Index">Place in its block.</param>
/// <param name="Transaction">The transaction.</param>
/// <param name="Hex">Its canonical bytes.</param>
public sealed record TransactionStatusDto(
    string Txid,
    string Status,
    int Confirmations,
    int? Height,
    string? BlockHash,
    int? Index,
    TransactionDto Transaction,
    string Hex)
{
    /// <summary>The status of a transaction that waits for a block.</summary>
    public const string Pending = "pending";

    /// <summary>The status of a transaction on the best chain.</summary>
    public const string Confirmed = "confirmed";
}

/// <summary>Proves by headers alone that a transaction is in a block (Nakamoto 2008, section 8).</summary>
/// <param name="BlockHash">The block.</param>
/// <param name="Height">Its height.</param>
/// <param name="Header">The 80 bytes of its header.</param>
/// <param name="Txid">The transaction.</param>
/// <param name="Index">Its place in the block.</param>
/// <param name="Siblings">The hashes beside the way from the leaf to the root, from below, as they are hashed.</param>
public sealed record MerkleProofDto(
    string BlockHash, int Height, string Header, string Txid, int Index, string[] Siblings);

/// <summary>What an address can spend.</summary>
/// <param name="Address">The address.</param>
/// <param name="Height">Height of the chain that this is said of.</param>
/// <param name="Outputs">Its unspent outputs.</param>
/// <param name="Next">The <c>from</c> with which to go on; null when there is no more.</param>
public sealed record UtxoDto(string Address, int Height, UnspentDto[] Outputs, int? Next);

/// <summary>An unspent output.</summary>
/// <param name="Txid">Transaction that made it.</param>
/// <param name="Output">Index there.</param>
/// <param name="Value">What it holds.</param>
/// <param name="Height">Height of the block that made it.</param>
/// <param name="IsCoinbase">Whether it is a reward.</param>
/// <param name="IsSpendable">Whether the next block may spend it, and no waiting transaction does.</param>
public sealed record UnspentDto(
    string Txid, int Output, decimal Value, int Height, bool IsCoinbase, bool IsSpendable);

/// <summary>An address, and what happened to it.</summary>
/// <param name="Address">The address.</param>
/// <param name="Balance">Sum of its unspent outputs.</param>
/// <param name="Spendable">What the next block may spend of it.</param>
/// <param name="Entries">Its history, in the order of the chain.</param>
/// <param name="Next">The <c>from</c> with which to go on; null when there is no more.</param>
public sealed record AddressDto(
    string Address, decimal Balance, decimal Spendable, AddressEntryDto[] Entries, int? Next);

/// <summary>A transaction that concerns an address.</summary>
/// <param name="Txid">The transaction.</param>
/// <param name="Height">Height of its block.</param>
/// <param name="Received">What it paid to the address.</param>
/// <param name="Sent">What it spent of the address.</param>
public sealed record AddressEntryDto(string Txid, int Height, decimal Received, decimal Sent);

/// <summary>Addresses of nodes.</summary>
/// <param name="Nodes">http://HOST:PORT each.</param>
public sealed record NodesDto(string[] Nodes);

/// <summary>The nodes connected.</summary>
/// <param name="Peers">One each.</param>
public sealed record NodePeersDto(NodePeerDto[] Peers);

/// <summary>A connected node.</summary>
/// <param name="Id">Number of the connection.</param>
/// <param name="Address">Where it can be reached; empty when it did not say.</param>
/// <param name="IsOutgoing">Whether this node dialled.</param>
/// <param name="Height">Height of its tip as far as known.</param>
public sealed record NodePeerDto(long Id, string Address, bool IsOutgoing, int Height);

/// <summary>An election and its count on the best chain.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Choices">What may be chosen; empty for anything.</param>
/// <param name="RollSize">How many may vote; 0 for anybody.</param>
/// <param name="Ballots">Ballots that count.</param>
/// <param name="Pending">Ballots that wait for a block.</param>
/// <param name="Tally">The count, most votes first.</param>
/// <param name="Txid">Transaction that made the election; null when ballots are open to all without one.</param>
/// <param name="Height">Height of the tip that this is said of.</param>
public sealed record ElectionDto(
    string Name,
    string[] Choices,
    int RollSize,
    int Ballots,
    int Pending,
    TallyDto[] Tally,
    string? Txid,
    int Height);

/// <summary>Votes for one choice.</summary>
/// <param name="Choice">The choice.</param>
/// <param name="Votes">How many.</param>
public sealed record TallyDto(string Choice, int Votes);

/// <summary>The ballot of one voter.</summary>
/// <param name="Election">Name of the election.</param>
/// <param name="Voter">Id of the voter.</param>
/// <param name="Choice">What was chosen.</param>
/// <param name="Key">Key that signed.</param>
/// <param name="Txid">The transaction.</param>
/// <param name="Status">pending or confirmed; see <see cref="TransactionStatusDto"/>.</param>
/// <param name="Confirmations">Blocks from its own to the tip; 0 while it is pending.</param>
public sealed record BallotDto(
    string Election, string Voter, string Choice, string Key, string Txid, string Status, int Confirmations);

/// <summary>Something that happened at a node; what its kind does not have is left out.</summary>
/// <param name="Event">listening, block, reorganization, fork, transaction, refused, or returned: a block that had the
/// transaction was left for a better chain, and it waits for another.</param>
public sealed record NodeEventDto(string Event)
{
    /// <summary>listening: the tip. block: a new block on the best chain. reorganization: the new tip. fork: a block
    /// beside the best chain.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Hash { get; init; }

    /// <summary>Height of <see cref="Hash"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Height { get; init; }

    /// <summary>block: hash of the block before. reorganization: the tip that was left.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PreviousHash { get; init; }

    /// <summary>block: number of its transactions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Transactions { get; init; }

    /// <summary>block: seconds since 1970 by its header.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Time { get; init; }

    /// <summary>block: what its coinbase pays out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? Reward { get; init; }

    /// <summary>reorganization: blocks taken from the best chain.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Disconnected { get; init; }

    /// <summary>reorganization: blocks added to it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Connected { get; init; }

    /// <summary>reorganization: height of the last block that both chains have.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? CommonHeight { get; init; }

    /// <summary>transaction, refused, returned: its id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Txid { get; init; }

    /// <summary>transaction: its kind, as in <see cref="TransactionDto"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Kind { get; init; }

    /// <summary>refused: the name of the rule that was broken.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }
}
