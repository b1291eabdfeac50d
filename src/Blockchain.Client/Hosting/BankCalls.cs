using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Http;
using Blockchain.Wire.Keys;

namespace Blockchain.Client.Hosting;

/// <summary>What a client asks over HTTP: of the bank, and of members when it catches up.</summary>
internal sealed class BankCalls(Uri bank, KeyPair keys) : IDisposable
{
    private const int MostApis = Limits.Members;
    private readonly BankApi _bank = BankApi.At(bank);
    private readonly Lock _gate = new();
    private readonly Dictionary<Uri, ClientApi> _members = [];

    /// <summary>Asks to join.</summary>
    /// <returns>The bank's yes, or its no with the reason.</returns>
    public async Task<ClientInput> JoinAsync(JoinRequest request, CancellationToken cancellationToken)
    {
        Signature proof = keys.Sign(JoinProof.Digest(request));
        try
        {
            JoinAnswerDto answer = await _bank.JoinAsync(JoinBody.From(request, proof), cancellationToken)
                .ConfigureAwait(false);
            return new ClientInput.Joined(answer.ToAccepted());
        }
        catch (ApiException refused) when (ProblemTypes.ToJoinRefusal(refused.Type) is { } reason)
        {
            return new ClientInput.JoinFailed(reason);
        }
    }

    /// <summary>Blocks from the bank's ledger.</summary>
    public Task<IReadOnlyList<Block>> FetchAsync(long from, CancellationToken cancellationToken) =>
        _bank.GetBlocksAsync(from, Limits.FetchBlocks, cancellationToken);

    /// <summary>Blocks from a member's chain.</summary>
    /// <param name="member">Its address; null when it is not known.</param>
    /// <param name="from">Index of the first.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<IReadOnlyList<Block>> FetchFromAsync(Uri? member, long from, CancellationToken cancellationToken) =>
        member is null
            ? throw new HttpRequestException("the member's address is not known")
            : Api(member).GetBlocksAsync(from, Limits.FetchBlocks, cancellationToken);

    /// <summary>All balances.</summary>
    public Task<AccountDto[]> BalancesAsync(CancellationToken cancellationToken) =>
        _bank.GetAccountsAsync(cancellationToken);

    /// <summary>One balance.</summary>
    public Task<AccountDto> BalanceAsync(int account, CancellationToken cancellationToken) =>
        _bank.GetAccountAsync(account, cancellationToken);

    /// <summary>The bank's latest checkpoint.</summary>
    public async Task<(Checkpoint Checkpoint, Hash Ledger, PublicKey BankKey)> CheckpointAsync(
        CancellationToken cancellationToken) =>
        WireConvert.ToCheckpoint(await _bank.GetCheckpointAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>Whether this is how calls fail, and not a fault of this program.</summary>
    public static bool IsExpected(Exception fault) =>
        fault is HttpRequestException or ApiException or FormatFaultException or IOException
            or OperationCanceledException;

    /// <inheritdoc/>
    public void Dispose()
    {
        _bank.Dispose();
        lock (_gate)
        {
            foreach (ClientApi api in _members.Values)
            {
                api.Dispose();
            }

            _members.Clear();
        }
    }

    private ClientApi Api(Uri member)
    {
        lock (_gate)
        {
            if (_members.TryGetValue(member, out ClientApi? api))
            {
                return api;
            }

            if (_members.Count == MostApis)
            {
                // Addresses of many lives have gathered. One fetch at a time is under way, and it is for this new one.
                foreach (ClientApi old in _members.Values)
                {
                    old.Dispose();
                }

                _members.Clear();
            }

            return _members[member] = ClientApi.At(member);
        }
    }
}
