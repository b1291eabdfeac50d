using System.Globalization;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Wire.Http;

/// <inheritdoc cref="IBankApi"/>
public sealed class BankApi(HttpClient http) : IBankApi, IDisposable
{
    private readonly JsonHttp _http = new(http);

    /// <summary>A client for the bank at this address, with limits on time and size and a few retries of
    /// queries.</summary>
    public static BankApi At(Uri address) => new(JsonHttp.Create(address));

    /// <inheritdoc/>
    public async Task<AccountDto[]> GetAccountsAsync(CancellationToken cancellationToken)
    {
        AccountDto[] accounts = await _http.GetAsync(
            BankRoutes.Accounts, WireJson.Default.AccountDtoArray, cancellationToken);
        return Array.TrueForAll(accounts, IsAccount) ? accounts : throw NoAccount(BankRoutes.Accounts);
    }

    /// <inheritdoc/>
    public async Task<AccountDto> GetAccountAsync(int id, CancellationToken cancellationToken)
    {
        string path = $"/accounts/{id}";
        AccountDto account = await _http.GetAsync(path, WireJson.Default.AccountDto, cancellationToken);
        return IsAccount(account) ? account : throw NoAccount(path);
    }

    /// <inheritdoc/>
    public Task<HistoryDto> GetHistoryAsync(int id, long from, int limit, CancellationToken cancellationToken) =>
        _http.GetAsync(
            $"/accounts/{id}/history?from={from}&limit={limit}", WireJson.Default.HistoryDto, cancellationToken);

    /// <inheritdoc/>
    public Task<LedgerPageDto> GetLedgerAsync(long from, int limit, CancellationToken cancellationToken) =>
        _http.GetAsync(
            $"{BankRoutes.Ledger}?from={from}&limit={limit}", WireJson.Default.LedgerPageDto, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Block>> GetBlocksAsync(long from, int limit, CancellationToken cancellationToken) =>
        _http.GetBlocksAsync($"{BankRoutes.Ledger}?from={from}&limit={limit}", cancellationToken);

    /// <inheritdoc/>
    public Task<ViewDto> GetMembersAsync(CancellationToken cancellationToken) =>
        _http.GetAsync(BankRoutes.Members, WireJson.Default.ViewDto, cancellationToken);

    /// <inheritdoc/>
    public Task<LedgerCheckpointDto> GetCheckpointAsync(CancellationToken cancellationToken) =>
        _http.GetAsync(BankRoutes.Checkpoint, WireJson.Default.LedgerCheckpointDto, cancellationToken);

    /// <inheritdoc/>
    public Task<BlockDto> GetTransferAsync(TransferId id, CancellationToken cancellationToken) =>
        _http.GetAsync($"/transfers/{id}", WireJson.Default.BlockDto, cancellationToken);

    /// <inheritdoc/>
    public Task<JoinAnswerDto> JoinAsync(JoinBody body, CancellationToken cancellationToken) => _http.PostAsync(
        BankRoutes.Join, body, WireJson.Default.JoinBody, WireJson.Default.JoinAnswerDto, cancellationToken);

    /// <inheritdoc/>
    public Task LeaveAsync(LeaveBody body, CancellationToken cancellationToken) =>
        _http.PostAsync(BankRoutes.Leave, body, WireJson.Default.LeaveBody, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private static bool IsAccount(AccountDto? account) =>
        account is { Id: > 0, Name: not null, Balance: not null } && Characters.AreWellFormed(account.Name)
        && decimal.TryParse(account.Balance, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _);

    private static ApiException NoAccount(string path) =>
        JsonHttp.InvalidAnswer(path, "an account has a number, a name and a balance");
}

/// <inheritdoc cref="IClientApi"/>
public sealed class ClientApi(HttpClient http) : IClientApi, IDisposable
{
    private readonly JsonHttp _http = new(http);

    /// <summary>A client for the client at this address, with limits on time and size and a few retries.</summary>
    public static ClientApi At(Uri address) => new(JsonHttp.Create(address));

    /// <inheritdoc/>
    public Task<LedgerPageDto> GetChainAsync(long from, int limit, CancellationToken cancellationToken) =>
        _http.GetAsync(
            $"{ClientRoutes.Chain}?from={from}&limit={limit}", WireJson.Default.LedgerPageDto, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Block>> GetBlocksAsync(long from, int limit, CancellationToken cancellationToken) =>
        _http.GetBlocksAsync($"{ClientRoutes.Chain}?from={from}&limit={limit}", cancellationToken);

    /// <inheritdoc/>
    public Task<QueueDto> GetQueueAsync(CancellationToken cancellationToken) =>
        _http.GetAsync(ClientRoutes.Queue, WireJson.Default.QueueDto, cancellationToken);

    /// <inheritdoc/>
    public Task<ClockDto> GetClockAsync(CancellationToken cancellationToken) =>
        _http.GetAsync(ClientRoutes.Clock, WireJson.Default.ClockDto, cancellationToken);

    /// <inheritdoc/>
    public Task<LedgerCheckpointDto> GetCheckpointAsync(CancellationToken cancellationToken) =>
        _http.GetAsync(ClientRoutes.Checkpoint, WireJson.Default.LedgerCheckpointDto, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();
}
