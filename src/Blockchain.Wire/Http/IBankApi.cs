using Blockchain.Core.BankNetwork;

namespace Blockchain.Wire.Http;

/// <summary>
/// The bank over HTTP, one method per endpoint. All throw <see cref="ApiException"/> when the answer is no or is not
/// understood, and <see cref="HttpRequestException"/> when there is none.
/// </summary>
public interface IBankApi
{
    /// <summary>Every account.</summary>
    Task<AccountDto[]> GetAccountsAsync(CancellationToken cancellationToken);

    /// <summary>One account.</summary>
    Task<AccountDto> GetAccountAsync(int id, CancellationToken cancellationToken);

    /// <summary>What moved on an account.</summary>
    Task<HistoryDto> GetHistoryAsync(int id, long from, int limit, CancellationToken cancellationToken);

    /// <summary>Blocks as JSON.</summary>
    Task<LedgerPageDto> GetLedgerAsync(long from, int limit, CancellationToken cancellationToken);

    /// <summary>Blocks as canonical bytes: for catching up.</summary>
    Task<IReadOnlyList<Block>> GetBlocksAsync(long from, int limit, CancellationToken cancellationToken);

    /// <summary>The current view.</summary>
    Task<ViewDto> GetMembersAsync(CancellationToken cancellationToken);

    /// <summary>The latest signed checkpoint.</summary>
    Task<LedgerCheckpointDto> GetCheckpointAsync(CancellationToken cancellationToken);

    /// <summary>The block of a transfer.</summary>
    Task<BlockDto> GetTransferAsync(TransferId id, CancellationToken cancellationToken);

    /// <summary>Becomes a member.</summary>
    Task<JoinAnswerDto> JoinAsync(JoinBody body, CancellationToken cancellationToken);

    /// <summary>Stops being one.</summary>
    Task LeaveAsync(LeaveBody body, CancellationToken cancellationToken);
}

/// <summary>A client over HTTP, one method per endpoint; errors as in <see cref="IBankApi"/>.</summary>
public interface IClientApi
{
    /// <summary>Blocks of its chain as JSON, provisional ones behind the settled.</summary>
    Task<LedgerPageDto> GetChainAsync(long from, int limit, CancellationToken cancellationToken);

    /// <summary>Settled blocks as canonical bytes: for catching up.</summary>
    Task<IReadOnlyList<Block>> GetBlocksAsync(long from, int limit, CancellationToken cancellationToken);

    /// <summary>Its request queue.</summary>
    Task<QueueDto> GetQueueAsync(CancellationToken cancellationToken);

    /// <summary>Its logical clock.</summary>
    Task<ClockDto> GetClockAsync(CancellationToken cancellationToken);

    /// <summary>The latest checkpoint of the bank that it holds.</summary>
    Task<LedgerCheckpointDto> GetCheckpointAsync(CancellationToken cancellationToken);
}
