using System.Collections.Concurrent;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Client.Hosting;

/// <summary>Who a client is on its ledger, once it knows.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Ledger">Hash of the ledger's first block.</param>
/// <param name="BankKey">The bank's key.</param>
internal sealed record Standing(int Id, Hash Ledger, PublicKey BankKey);

/// <summary>
/// What the links need to know of the loop's state: the own number, the keys of the others, and where they listen.
/// The loop writes it, the links read it.
/// </summary>
internal sealed class Membership
{
    private readonly ConcurrentDictionary<int, PublicKey> _keys = new();
    private readonly ConcurrentDictionary<int, Uri> _endpoints = new();
    private readonly TaskCompletionSource _known = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Standing? _standing;

    /// <summary>The own standing; null before the first join.</summary>
    public Standing? Standing => _standing;

    /// <summary>Waits until the own standing is known.</summary>
    public async Task<Standing> WhenKnownAsync(CancellationToken cancellationToken)
    {
        await _known.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        return _standing!;
    }

    /// <summary>The own standing has become known.</summary>
    public void Learn(Standing standing)
    {
        _standing = standing;
        _known.TrySetResult();
    }

    /// <summary>Takes the keys out of OPEN blocks.</summary>
    public void Learn(IReadOnlyList<Block> blocks)
    {
        foreach (Block.Open open in blocks.OfType<Block.Open>())
        {
            _keys[open.Account] = open.PublicKey;
        }
    }

    /// <summary>Takes the keys of all accounts.</summary>
    public void Learn(LedgerState ledger)
    {
        foreach (Account account in ledger.Accounts)
        {
            _keys[account.Id] = account.PublicKey;
        }
    }

    /// <summary>Takes the addresses out of a view.</summary>
    public void Learn(ViewInfo view)
    {
        foreach (MemberInfo member in view.Members)
        {
            if (TryParse(member.Endpoint) is { } endpoint)
            {
                _endpoints[member.Id] = endpoint;
            }
        }
    }

    /// <summary>The key of an account; null when no settled block opens it.</summary>
    public PublicKey? KeyOf(int account) => _keys.TryGetValue(account, out PublicKey key) ? key : null;

    /// <summary>Where a member listens; null when that is not known.</summary>
    public Uri? EndpointOf(int member) => _endpoints.GetValueOrDefault(member);

    /// <summary>An address as members announce theirs: http://host:port.</summary>
    private static Uri? TryParse(string endpoint) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? uri) && (uri.Scheme is "http" or "https") ? uri : null;
}
