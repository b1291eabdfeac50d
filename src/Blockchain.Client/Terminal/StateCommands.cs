using System.Globalization;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Http;
using Blockchain.Wire.Terminal;

namespace Blockchain.Client.Terminal;

/// <summary>Commands about balances, the queue, the clock and the members.</summary>
internal sealed class StateCommands(IClientSession session)
{
    private const int ShownTransfers = 3;

    public async Task<Reply> BalanceAsync(int? account, CancellationToken cancellationToken)
    {
        int id = account ?? await session.ReadAsync(process => process.Id);
        if (id == 0)
        {
            return Reply.Error(
                Reply.Unreachable, "no-account",
                "this client has no account yet. It gets one when the bank is reached.");
        }

        AccountDto answer = await session.BalanceAsync(id, cancellationToken);
        return new Reply(
            Reply.Done, [$"{answer.Id}  {answer.Name}  {answer.Balance}"],
            new BalanceAnswer("balance", answer.Id, answer.Balance));
    }

    public async Task<Reply> BalancesAsync(CancellationToken cancellationToken)
    {
        AccountDto[] accounts = await session.BalancesAsync(cancellationToken);
        decimal total = 0;
        TextTable table = new(">client", "name", ">balance");
        foreach (AccountDto account in accounts)
        {
            table.Add(account.Id.ToString(), account.Name, account.Balance);
            total += decimal.Parse(account.Balance, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        }

        string sum = total.ToString("0.00", CultureInfo.InvariantCulture);
        table.Add(string.Empty, "total", sum);
        BalanceLine[] lines =
            [.. accounts.Select(account => new BalanceLine(account.Id, account.Name, account.Balance))];
        return new Reply(Reply.Done, [.. table.Lines()], new BalancesAnswer("balances", lines, sum));
    }

    public async Task<Reply> QueueAsync()
    {
        (int id, IReadOnlyList<QueueEntry> entries) = await session.ReadAsync(process => (process.Id, process.Queue));
        QueueEntryDto[] json =
        [
            .. entries.Select(entry => new QueueEntryDto(
                entry.Token.Clock, entry.Token.Client, entry.Transfers.Count, entry.Heard, entry.Needed)),
        ];
        return new Reply(
            Reply.Done, entries.Count == 0 ? ["the queue is empty"] : QueueTable(id, entries),
            new QueueAnswer("queue", json));
    }

    public async Task<Reply> WhyAsync()
    {
        WhyReport report = await session.ReadAsync(process => process.Why());
        string head = report.Token is { } token ? $"{token}  {report.State}" : report.State;
        int width = report.Conditions.Count == 0 ? 0 : report.Conditions.Max(condition => condition.Text.Length);
        string[] lines =
        [
            head,
            .. report.Conditions.Select(condition =>
                $"  {(condition.Holds ? "yes" : "no ")}  {condition.Text.PadRight(width)}   {condition.Because}"),
        ];
        ConditionLine[] json =
        [
            .. report.Conditions.Select(condition =>
                new ConditionLine(condition.Holds, condition.Text, condition.Because)),
        ];
        return new Reply(Reply.Done, lines, new WhyAnswer("why", report.Token?.ToString(), report.State, json));
    }

    public async Task<Reply> ClockAsync()
    {
        ClockAnswer answer = await session.ReadAsync(process => new ClockAnswer(
            "clock", process.Id, process.Clock, process.Phase.ToString(), process.View?.Epoch ?? 0,
            [.. process.View?.Members.Select(member => member.Id) ?? []], process.Chain.SettledCount,
            process.Chain.Provisional.Count, process.Pending.Count));
        string members = answer.Members.Length == 0 ? "none" : string.Join(' ', answer.Members);
        return new Reply(
            Reply.Done,
            [
                $"client {answer.Client}, clock {answer.Clock}, {answer.Phase}",
                $"view {answer.Epoch}, members {members}",
                $"{answer.Settled} settled blocks, {answer.Provisional} provisional, {answer.Pending} transfers "
                    + "under way",
            ],
            answer);
    }

    public async Task<Reply> PeersAsync()
    {
        PeerLine[] peers = await session.ReadAsync(process => process.View?.Members
            .Where(member => member.Id != process.Id)
            .Select(member => new PeerLine(
                member.Id, process.Ledger.Find(member.Id)?.Name ?? string.Empty, member.Endpoint,
                process.ConnectedPeers.Contains(member.Id)))
            .ToArray() ?? []);
        TextTable table = new(">client", "name", "address", "link");
        foreach (PeerLine peer in peers)
        {
            table.Add(peer.Id.ToString(), peer.Name, peer.Endpoint, peer.Direct ? "direct" : "through the bank");
        }

        string[] lines = peers.Length == 0 ? ["no other members"] : [.. table.Lines()];
        return new Reply(Reply.Done, lines, new PeersAnswer("peers", peers));
    }

    private static string[] QueueTable(int id, IReadOnlyList<QueueEntry> entries)
    {
        TextTable table = new("request", "transfers", "replies", string.Empty);
        foreach (QueueEntry entry in entries)
        {
            string transfers = string.Join(", ", entry.Transfers.Take(ShownTransfers)
                .Select(transfer => $"{transfer.Amount} -> {transfer.To}"));
            string more = entry.Transfers.Count > ShownTransfers
                ? $" and {entry.Transfers.Count - ShownTransfers} more"
                : string.Empty;
            table.Add(
                entry.Token.ToString(), transfers + more, $"{entry.Heard}/{entry.Needed}",
                entry.Token.Client == id ? "own" : string.Empty);
        }

        return [.. table.Lines()];
    }
}
