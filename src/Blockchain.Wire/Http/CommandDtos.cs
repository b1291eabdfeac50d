using System.Text.Json.Serialization;

namespace Blockchain.Wire.Http;

// One object per command of the client's prompt, as --json prints it.

/// <summary>A transfer and its outcome.</summary>
/// <param name="Command">"transfer".</param>
/// <param name="Txid">Id of the transfer.</param>
/// <param name="From">The paying account.</param>
/// <param name="To">The account paid.</param>
/// <param name="Amount">Two decimals.</param>
/// <param name="Clock">Clock of the token.</param>
/// <param name="Client">Client of the token.</param>
/// <param name="Seq">Place in the request.</param>
/// <param name="Status">SUCCESS or ABORT.</param>
/// <param name="Reason">Why it was aborted; null for SUCCESS.</param>
/// <param name="Index">Index of the block.</param>
/// <param name="Hash">Hash of the block.</param>
/// <param name="BalanceBefore">The own balance when the transfer was asked for.</param>
/// <param name="BalanceAfter">The own balance when it had settled.</param>
public sealed record TransferAnswer(
    string Command, string Txid, int From, int To, string Amount, long Clock, int Client, int Seq, string Status,
    string? Reason, long Index, string Hash, string BalanceBefore, string BalanceAfter);

/// <summary>One balance.</summary>
/// <param name="Command">"balance".</param>
/// <param name="Account">The account.</param>
/// <param name="Balance">Two decimals.</param>
public sealed record BalanceAnswer(string Command, int Account, string Balance);

/// <summary>All balances.</summary>
/// <param name="Command">"balances".</param>
/// <param name="Accounts">The accounts, by number.</param>
/// <param name="Total">Their sum.</param>
public sealed record BalancesAnswer(string Command, BalanceLine[] Accounts, string Total);

/// <summary>One account of <see cref="BalancesAnswer"/>.</summary>
/// <param name="Id">Number.</param>
/// <param name="Name">Name.</param>
/// <param name="Balance">Two decimals.</param>
public sealed record BalanceLine(int Id, string Name, string Balance);

/// <summary>Blocks of the own chain.</summary>
/// <param name="Command">"chain", "block" or "history".</param>
/// <param name="Blocks">The blocks, by index.</param>
/// <param name="Earlier">How many more there are before them; null for "block".</param>
public sealed record ChainAnswer(
    string Command, BlockDto[] Blocks,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Earlier = null);

/// <summary>The request queue.</summary>
/// <param name="Command">"queue".</param>
/// <param name="Entries">The requests, earliest first.</param>
public sealed record QueueAnswer(string Command, QueueEntryDto[] Entries);

/// <summary>Why the own request waits.</summary>
/// <param name="Command">"why".</param>
/// <param name="Token">The own token, "(clock,client)"; null for none.</param>
/// <param name="State">In words.</param>
/// <param name="Conditions">What must hold.</param>
public sealed record WhyAnswer(string Command, string? Token, string State, ConditionLine[] Conditions);

/// <summary>One condition of <see cref="WhyAnswer"/>.</summary>
/// <param name="Holds">Whether it holds.</param>
/// <param name="Condition">The condition.</param>
/// <param name="Because">What makes it so.</param>
public sealed record ConditionLine(bool Holds, string Condition, string Because);

/// <summary>The clock and where the client stands.</summary>
/// <param name="Command">"clock".</param>
/// <param name="Client">Own number.</param>
/// <param name="Clock">The Lamport clock.</param>
/// <param name="Phase">Where the client stands.</param>
/// <param name="Epoch">The view installed; 0 for none.</param>
/// <param name="Members">Its members.</param>
/// <param name="Settled">Settled blocks.</param>
/// <param name="Provisional">Blocks known and not settled.</param>
/// <param name="Pending">Transfers accepted and not settled.</param>
public sealed record ClockAnswer(
    string Command, int Client, long Clock, string Phase, int Epoch, int[] Members, long Settled, int Provisional,
    int Pending);

/// <summary>The other members.</summary>
/// <param name="Command">"peers".</param>
/// <param name="Peers">They.</param>
public sealed record PeersAnswer(string Command, PeerLine[] Peers);

/// <summary>One member of <see cref="PeersAnswer"/>.</summary>
/// <param name="Id">Number.</param>
/// <param name="Name">Name.</param>
/// <param name="Endpoint">Where it listens.</param>
/// <param name="Direct">Whether frames go directly; through the bank otherwise.</param>
public sealed record PeerLine(int Id, string Name, string Endpoint, bool Direct);

/// <summary>An audit of the own chain.</summary>
/// <param name="Command">"verify".</param>
/// <param name="Valid">Whether nothing is wrong.</param>
/// <param name="Blocks">Blocks that are right, from index 0.</param>
/// <param name="Head">Hash of the last of them.</param>
/// <param name="Total">Sum of the balances there.</param>
/// <param name="Comparison">How the chain stands to the bank's.</param>
/// <param name="FaultIndex">Index of the first bad block; null for none.</param>
/// <param name="Explanation">What is wrong with it; null for nothing.</param>
public sealed record VerifyAnswer(
    string Command, bool Valid, long Blocks, string Head, string Total, string Comparison, long? FaultIndex,
    string? Explanation);

/// <summary>Accounts, chain and queue.</summary>
/// <param name="Command">"all".</param>
/// <param name="Balances">The accounts.</param>
/// <param name="Chain">The chain.</param>
/// <param name="Queue">The queue.</param>
public sealed record AllAnswer(string Command, BalancesAnswer Balances, ChainAnswer Chain, QueueAnswer Queue);

/// <summary>Lines of text: help, log.</summary>
/// <param name="Command">"help" or "log".</param>
/// <param name="Lines">The lines.</param>
public sealed record LinesAnswer(string Command, string[] Lines);
