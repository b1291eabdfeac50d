namespace Blockchain.Core.OpenNetwork;

/// <summary>Every limit of the open network, in one place. Each is enforced where bytes come in, and tested.</summary>
public static class OpenLimits
{
    /// <summary>The largest amount that one input or output holds, in units of 10^-8 coin. A thousand of them still
    /// add up within 64 bits.</summary>
    public const long AmountUnits = 5_000_000_000_000_000;

    /// <summary>Bytes of one transaction.</summary>
    public const int TransactionBytes = 100_000;

    /// <summary>Inputs of one payment.</summary>
    public const int Inputs = 512;

    /// <summary>Outputs of one transaction.</summary>
    public const int Outputs = 512;

    /// <summary>Characters of the text of a coinbase.</summary>
    public const int CoinbaseCharacters = 512;

    /// <summary>Characters of the name of a network.</summary>
    public const int NetworkNameCharacters = 64;

    /// <summary>Characters of a message's text.</summary>
    public const int MessageCharacters = 70;

    /// <summary>Characters of the name of an election, of a choice, and of a voter's id.</summary>
    public const int BallotCharacters = 64;

    /// <summary>Choices of an election.</summary>
    public const int Choices = 256;

    /// <summary>Voters on the roll of an election; the bytes of a transaction allow fewer when ids are long.</summary>
    public const int Roll = 1_000;

    /// <summary>Transactions without a fee (messages, elections, ballots) have one of so many parts of a block's
    /// bytes.</summary>
    public const int FreeShare = 4;

    /// <summary>Seconds that the time of a block may be ahead of the clock, as in Bitcoin.</summary>
    public const int FutureSeconds = 7_200;

    /// <summary>Bytes in one message between nodes: 1 MiB.</summary>
    public const int FrameBytes = 1 << 20;

    /// <summary>Headers in one message.</summary>
    public const int Headers = 2_000;

    /// <summary>Hashes in a locator: 10 one after another, then at doubling distances.</summary>
    public const int Locator = 64;

    /// <summary>Blocks asked for in one message.</summary>
    public const int Blocks = 64;

    /// <summary>Hashes or ids in an inventory, and transactions asked for in one message.</summary>
    public const int Inventory = 1_000;

    /// <summary>Transactions in one message.</summary>
    public const int Transactions = 1_000;

    /// <summary>Addresses in one message.</summary>
    public const int Addresses = 256;

    /// <summary>Characters of the address at which a node is reached.</summary>
    public const int AddressCharacters = 256;

    /// <summary>Transactions that wait for a block at one node.</summary>
    public const int PoolTransactions = 20_000;

    /// <summary>Bytes of the transactions that wait for a block at one node.</summary>
    public const int PoolBytes = 16 << 20;

    /// <summary>Transactions without a fee that wait for a block at one node.</summary>
    public const int FreePoolTransactions = 20_000;

    /// <summary>Bytes of the transactions without a fee that wait for a block at one node.</summary>
    public const int FreePoolBytes = 8 << 20;

    /// <summary>Transactions kept that lost to others on the chain, in case a reorganization takes that
    /// back.</summary>
    public const int LosingTransactions = 1_000;

    /// <summary>Bytes of the transactions kept that lost to others on the chain.</summary>
    public const int LosingBytes = 4 << 20;

    /// <summary>Hours after which a transaction that no block took is given up.</summary>
    public const int PoolHours = 72;

    /// <summary>Blocks below the tip whose undo data are kept in memory; that of deeper ones is made again from the
    /// stored blocks.</summary>
    public const int UndoBlocks = 100;

    /// <summary>Headers known beside the best chain. Beyond, only a header that makes a better chain is
    /// taken.</summary>
    public const int ForkHeaders = 20_000;

    /// <summary>Blocks kept that wait for a block before them.</summary>
    public const int Orphans = 32;

    /// <summary>Nodes connected.</summary>
    public const int Peers = 128;

    /// <summary>Addresses of nodes remembered, the last heard.</summary>
    public const int KnownAddresses = 1_000;

    /// <summary>Ids that a node remembers of each peer as known there.</summary>
    public const int KnownThere = 20_000;

    /// <summary>Ids that wait to be announced to one peer.</summary>
    public const int Announcements = PoolTransactions + FreePoolTransactions;

    /// <summary>Blocks asked of one peer and not received.</summary>
    public const int BlocksInFlight = 16;

    /// <summary>How far ahead of the tip blocks are fetched.</summary>
    public const int BlocksAhead = 1_024;

    /// <summary>Transactions asked of all peers and not received.</summary>
    public const int TransactionsInFlight = 20_000;

    /// <summary>Transactions asked of one peer and not received, so that one that never answers leaves room for
    /// others.</summary>
    public const int TransactionsInFlightOfPeer = TransactionsInFlight / 2;

    /// <summary>Ids of refused transactions remembered until the tip changes, so that they are not asked for
    /// again.</summary>
    public const int RefusedTransactions = 20_000;

    /// <summary>Bytes of blocks sent for one request; the rest is said not to be found and asked for again.</summary>
    public const int ServedBytes = 4 << 20;

    /// <summary>Milliseconds in which a peer must answer what it is asked.</summary>
    public const int AnswerMs = 20_000;

    /// <summary>Answers that a peer may owe before it is dropped.</summary>
    public const int Failures = 3;

    /// <summary>Milliseconds for which a peer that breaks a rule is banned.</summary>
    public const int BanMs = 600_000;

    /// <summary>Milliseconds in which two connections of the same two nodes may come from each dialling the
    /// other.</summary>
    public const int AtOnceMs = 10_000;

    /// <summary>Milliseconds after which a silent peer is pinged, and after twice as long dropped.</summary>
    public const int SilenceMs = 30_000;
}
