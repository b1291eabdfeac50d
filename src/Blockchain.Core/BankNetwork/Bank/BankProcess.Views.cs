using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <content>Members and views: rules 9 and 12.</content>
public sealed partial class BankProcess
{
    private readonly List<BankInput.Join> _waitingJoins = [];
    private readonly List<BankInput.Join> _undurableJoins = [];
    private readonly Dictionary<int, string> _leavers = [];
    private readonly HashSet<int> _toHear = [];
    private long _gatherUntilMs;
    private bool _viewWanted;
    private string _cause = string.Empty;
    private string _causeOfLast = string.Empty;

    private void Start()
    {
        _started = true;
        if (Ledger.Count == 0)
        {
            Phase = BankPhase.Serving;
            MakeView([], [], "the ledger begins");
            return;
        }

        HearMembers();
    }

    /// <summary>The members keep their lease from now on, and are heard before anything is written: one of them may
    /// hold what a restored backup has lost, and blocks that come back may name further members that hold still
    /// more. A member is heard by its hello, which it says on a link to this life of the bank. A join is a call of its
    /// own: it may have waited on its way since before the bank was lost, and know less than the member does. A view
    /// that names nobody leaves nobody to wait for: then nothing is written before somebody comes, and who joins is
    /// heard as a member is.</summary>
    private void HearMembers()
    {
        Phase = BankPhase.Gathering;
        _gatherUntilMs = Ledger.Members.Count + _toHear.Count > 0 ? _nowMs + _state.LeaseMs : long.MaxValue;
        foreach (int member in Ledger.Members)
        {
            Of(member).LastHeardMs = _nowMs;
            _toHear.Add(member);
        }

        // Blocks that came back may have brought the accounts of those who wait to join.
        foreach (BankInput.Join join in _waitingJoins)
        {
            HearJoiner(join.Request);
        }

        LeaveGatheringWhenHeard();
    }

    /// <summary>Whoever joins where nobody is waited for may hold what a restored backup has lost.</summary>
    private void HearJoiner(JoinRequest request)
    {
        if (Phase is BankPhase.Gathering or BankPhase.Restoring && Ledger.Members.Count == 0
            && Ledger.FindOwner(request.PublicKey) is { } account && _toHear.Add(account.Id))
        {
            _gatherUntilMs = Math.Min(_gatherUntilMs, _nowMs + _state.LeaseMs);
        }
    }

    private bool HasGathered =>
        HasCompany && (_nowMs >= _gatherUntilMs || _toHear.All(member => Of(member).HasSpoken));

    // A hello counts, too: one who was evicted and does not know it joins only when it sees the next view.
    private bool HasCompany =>
        Ledger.Members.Count + _waitingJoins.Count > 0 || _clients.Values.Any(presence => presence.HasSpoken);

    /// <summary>Requests are taken only in a view made after the start, so the one that came back must be durable
    /// first.</summary>
    private void LeaveGatheringWhenHeard()
    {
        if (Phase == BankPhase.Gathering && HasGathered && !TryRestore() && Ledger.ViewIndex < DurableCount)
        {
            Phase = BankPhase.Serving;
            _sources.Clear();
            WantView("the bank restarted");
        }
    }

    private void CheckLeases()
    {
        LeaveGatheringWhenHeard();
        if (Phase != BankPhase.Serving)
        {
            return;
        }

        foreach (int member in Ledger.Members)
        {
            if (_nowMs - Of(member).LastHeardMs > _state.LeaseMs)
            {
                RemoveMember(member, "silent for a lease");
            }
        }
    }

    private void RemoveMember(int client, string cause)
    {
        if (Ledger.IsMember(client) && _leavers.TryAdd(client, cause))
        {
            WantView($"client {client} {cause}");
        }
    }

    private void OnHello(int client, ToBank.Hello hello)
    {
        Presence presence = Of(client);
        presence.HasSpoken = true;
        presence.Incarnation = Math.Max(presence.Incarnation, hello.Incarnation);
        if (presence.Endpoint != hello.Endpoint && hello.Incarnation == presence.Incarnation)
        {
            presence.Endpoint = hello.Endpoint;
            AnnounceAddresses(client);
        }

        Compare(client, hello.Endpoint, hello.Settled, hello.Checkpoint);
        LeaveGatheringWhenHeard();
    }

    private void AnnounceAddresses(int changed)
    {
        if (View is { } view && Ledger.IsMember(changed) && view.Epoch == Ledger.Epoch)
        {
            Announce(Describe(view.Epoch, view.Index, view.Hash, view.Clock));
        }
    }

    private void OnJoin(BankInput.Join join)
    {
        if (Reject(join.Request) is { } reason)
        {
            Emit(new BankOutput.RefuseJoin(join.Call, reason));
            return;
        }

        Account? owner = Ledger.FindOwner(join.Request.PublicKey);
        if (owner is { } account)
        {
            Presence presence = Of(account.Id);
            presence.LastHeardMs = _nowMs;
            HearJoiner(join.Request);
            if (join.Request.Incarnation == presence.JoinedIncarnation
                && View is { } view && view.Epoch == Ledger.Epoch && Ledger.IsMember(account.Id))
            {
                // The answer was lost: this life is in the view already.
                Answer(join, account.Id, view);
                return;
            }
        }

        _waitingJoins.Add(join);
        Compare(owner?.Id ?? 0, join.Request.Endpoint, join.Request.Settled, join.Request.Checkpoint);
        LeaveGatheringWhenHeard();
        bool wasMember = owner is not null && Ledger.IsMember(owner.Id);
        WantView($"{join.Request.Name} {(wasMember ? "started again" : "joined")}");
    }

    private JoinRefusal? Reject(JoinRequest request)
    {
        Account? account = Ledger.FindOwner(request.PublicKey);
        if (!ClientName.IsValid(request.Name))
        {
            return JoinRefusal.InvalidName;
        }

        if (Phase == BankPhase.Alarmed)
        {
            return JoinRefusal.Forked;
        }

        bool nameIsTaken = _waitingJoins.Exists(other => other.Request.PublicKey != request.PublicKey
            && string.Equals(other.Request.Name, request.Name, StringComparison.OrdinalIgnoreCase));
        if (account is null && (Ledger.HasName(request.Name) || nameIsTaken))
        {
            return JoinRefusal.NameTaken;
        }

        if (account is not null && request.Incarnation < Of(account.Id).Incarnation)
        {
            return JoinRefusal.Superseded;
        }

        bool isFull = Ledger.Members.Count + _waitingJoins.Count >= Limits.Members
            && !(account is not null && Ledger.IsMember(account.Id));
        return isFull || _waitingJoins.Count >= Limits.WaitingJoins ? JoinRefusal.Full : null;
    }

    private void WantView(string cause)
    {
        string causes = _viewWanted ? $"{_cause}; {cause}" : cause;
        _cause = causes.Length <= Limits.CauseCharacters ? causes : _cause;
        _viewWanted = true;
    }

    /// <summary>Makes the view that is wanted, unless the last one is still on its way to the disk.</summary>
    private void ChangeViewIfDue()
    {
        if (!_viewWanted || Phase != BankPhase.Serving || Ledger.ViewIndex >= DurableCount)
        {
            return;
        }

        _viewWanted = false;
        RefuseOutdatedJoins();
        List<NewAccount> opened = [];
        SortedSet<int> members = [.. Ledger.Members.Where(member => !_leavers.ContainsKey(member))];
        int nextAccount = Ledger.Accounts.Count + 1;
        Dictionary<PublicKey, int> joiners = [];
        foreach (BankInput.Join join in _waitingJoins)
        {
            JoinRequest request = join.Request;
            if (Ledger.FindOwner(request.PublicKey)?.Id is not { } id
                && !joiners.TryGetValue(request.PublicKey, out id))
            {
                id = nextAccount++;
                opened.Add(new NewAccount(request.Name, request.PublicKey, _state.Deposit));
            }

            joiners[request.PublicKey] = id;
            members.Add(id);
            Welcome(Of(id), request);
        }

        _undurableJoins.AddRange(_waitingJoins);
        _waitingJoins.Clear();
        _leavers.Clear();
        MakeView([.. members], opened, _cause);
    }

    /// <summary>Blocks that came back while a join waited may have given its name to another.</summary>
    private void RefuseOutdatedJoins()
    {
        foreach (BankInput.Join join in _waitingJoins.FindAll(IsOutdated))
        {
            Emit(new BankOutput.RefuseJoin(join.Call, JoinRefusal.NameTaken));
        }

        _waitingJoins.RemoveAll(IsOutdated);

        bool IsOutdated(BankInput.Join join) =>
            Ledger.FindOwner(join.Request.PublicKey) is null && Ledger.HasName(join.Request.Name);
    }

    private void Welcome(Presence presence, JoinRequest request)
    {
        if (request.Incarnation < presence.Incarnation)
        {
            return;
        }

        presence.Incarnation = request.Incarnation;
        presence.Endpoint = request.Endpoint;
        presence.JoinedIncarnation = request.Incarnation;
        presence.LastHeardMs = _nowMs;
    }

    private void MakeView(IReadOnlyList<int> members, IReadOnlyList<NewAccount> opened, string cause)
    {
        long from = Ledger.Count;
        (IReadOnlyList<Block> blocks, IReadOnlyList<Hash> hashes) =
            _rules.ChangeView(members, opened, _state.BankKey, _unixMs);
        Persist(from, blocks, hashes);
        _causeOfLast = cause;
        Tell(new BankEvent.ViewMade(DescribeLast(), cause));
    }

    private void AnnounceViewIfDurable()
    {
        if (Ledger.ViewIndex >= DurableCount || View?.Epoch == Ledger.Epoch)
        {
            return;
        }

        Announce(DescribeLast());
        _nextSignMs = 0;
        SignIfDue();
        foreach (BankInput.Join join in _undurableJoins)
        {
            int id = Ledger.FindOwner(join.Request.PublicKey)!.Id;
            if (join.Request.Incarnation < Of(id).Incarnation)
            {
                Emit(new BankOutput.RefuseJoin(join.Call, JoinRefusal.Superseded));
                continue;
            }

            Answer(join, id, View!);
        }

        _undurableJoins.Clear();
    }

    private void Answer(BankInput.Join join, int id, ViewInfo view) => Emit(new BankOutput.AnswerJoin(
        join.Call,
        new JoinAccepted(join.Request.Incarnation, id, Ledger.LedgerId, _state.BankKey, _state.LeaseMs, view)));

    private void Announce(ViewInfo view)
    {
        View = view;
        foreach ((int client, Presence presence) in _clients)
        {
            if (presence.IsConnected)
            {
                SendView(client, view);
            }
        }
    }

    private void SendView(int client, ViewInfo view) => Send(
        client, new FromBank.NewView(view, view.Epoch == Ledger.Epoch ? _causeOfLast : string.Empty));

    private ViewInfo DescribeLast() =>
        Describe(Ledger.Epoch, Ledger.ViewIndex, Ledger.Hashes[Ledger.ViewIndex], Ledger.ViewToken.Clock);

    private ViewInfo Describe(int epoch, long index, Hash hash, long clock) =>
        new(epoch, index, hash, clock, [.. Ledger.Members.Select(id => new MemberInfo(id, Of(id).Endpoint))]);
}
