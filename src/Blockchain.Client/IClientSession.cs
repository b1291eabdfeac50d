using System.Threading.Channels;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Http;

namespace Blockchain.Client;

/// <summary>
/// A running client as its user sees it. The prompt, scripts and the demonstration work through it, so that they can be
/// tested without sockets. Any thread may call any member.
/// </summary>
public interface IClientSession
{
    /// <summary>Address of the bank, for people.</summary>
    string BankAddress { get; }

    /// <summary>Path of the log file; empty when there is none.</summary>
    string LogPath { get; }

    /// <summary>Whether the link to the bank is up.</summary>
    bool BankReachable { get; }

    /// <summary>Why the last attempt to join failed; null when it did not, or before the first.</summary>
    string? BankTrouble { get; }

    /// <summary>Runs <paramref name="read"/> on the loop that owns the state machine.</summary>
    /// <param name="read">Takes a snapshot: it must be short, change nothing, and keep no reference to live
    /// state.</param>
    /// <exception cref="OperationCanceledException">The client has stopped.</exception>
    Task<T> ReadAsync<T>(Func<ClientProcess, T> read);

    /// <summary>Asks for a transfer from the own account. Completes when the intent is on disk, or when it is refused
    /// and nothing was stored or sent.</summary>
    /// <exception cref="OperationCanceledException">The client has stopped.</exception>
    Task<SubmitResult> SubmitAsync(int to, Money amount, string memo);

    /// <summary>All balances, from the bank. A local event: the clock moves by one.</summary>
    /// <exception cref="HttpRequestException">The bank cannot be reached.</exception>
    /// <exception cref="ApiException">The bank refuses.</exception>
    Task<AccountDto[]> BalancesAsync(CancellationToken cancellationToken);

    /// <summary>One balance, from the bank. A local event: the clock moves by one.</summary>
    /// <exception cref="HttpRequestException">The bank cannot be reached.</exception>
    /// <exception cref="ApiException">The bank refuses, or no account has the number (status 404).</exception>
    Task<AccountDto> BalanceAsync(int account, CancellationToken cancellationToken);

    /// <summary>Blocks of the own chain by place: the settled ones from the file, and behind them the provisional ones
    /// in the order of their keys.</summary>
    /// <param name="from">Place of the first, from 0.</param>
    /// <param name="count">The most blocks wanted; at most <see cref="Limits.FetchBlocks"/> are given.</param>
    /// <returns>The blocks; none when there is nothing at <paramref name="from"/>.</returns>
    Task<StoredBlock[]> ReadBlocksAsync(long from, int count);

    /// <summary>Every <see cref="ClientEvent"/> from now on, behind the one that stopped the client if it has stopped
    /// for good: <see cref="ClientEvent.JoinRefused"/> or <see cref="ClientEvent.Alarm"/>. Completes when the
    /// client stops. The channel is bounded: a
    /// subscriber that does not read loses the oldest events, and never slows the client.</summary>
    ChannelReader<ClientEvent> Subscribe();

    /// <summary>Audits the own stored chain from its first byte and compares it with the bank's signed
    /// checkpoint.</summary>
    Task<VerifyResult> VerifyAsync(CancellationToken cancellationToken);

    /// <summary>Leaves the view. Completes when the bank has heard it or after a few seconds; calling it again does
    /// nothing.</summary>
    Task LeaveAsync(CancellationToken cancellationToken);
}

/// <summary>What became of <see cref="IClientSession.SubmitAsync"/>.</summary>
/// <param name="Id">Names the transfer.</param>
/// <param name="Fault">Why it was refused; null when it was accepted and is on disk.</param>
/// <param name="Settled">Completes when the transfer is settled. Cancelled when it was refused, or when the client
/// stops first; it is finished or reported the next time the client runs.</param>
public sealed record SubmitResult(TransferId Id, SubmitFault? Fault, Task<ClientEvent.Settled> Settled);

/// <summary>A block of the own chain with everything that is derived from its place.</summary>
/// <param name="Block">The block.</param>
/// <param name="Index">Its index; for a provisional block the one that the bank gave it.</param>
/// <param name="Previous">Hash of the block before.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Settled">Whether it can still move.</param>
public sealed record StoredBlock(Block Block, long Index, Hash Previous, Hash Hash, bool Settled);

/// <summary>What an audit of the own chain found.</summary>
/// <param name="Count">Number of blocks that are right, from index 0 on.</param>
/// <param name="Head">Hash of the last of them.</param>
/// <param name="Total">Sum of all balances there.</param>
/// <param name="Comparison">How the chain stands to the bank's, in words, as a clause: "equal to the bank's checkpoint
/// at 12", "not compared: the bank cannot be reached".</param>
/// <param name="Fault">The first thing that is wrong; null for nothing.</param>
public sealed record VerifyResult(long Count, Hash Head, Money Total, string Comparison, VerifyFault? Fault);

/// <summary>The first thing wrong with a chain.</summary>
/// <param name="Index">Index of the block.</param>
/// <param name="Explanation">What is wrong, in words.</param>
public sealed record VerifyFault(long Index, string Explanation);
