using System.Globalization;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Simulator;

/// <summary>A world as text, one line a step: when, who, what came in, what the clock did, what went out.</summary>
internal sealed class Trace(Action<string> write)
{
    private const int MaxOutputs = 16;
    private World? _world;

    /// <summary>The first lines.</summary>
    public void Begin(World world, ulong seed)
    {
        _world = world;
        write(string.Create(
            CultureInfo.InvariantCulture,
            $"# seed {seed}, {world.Options.Clients} clients, rules {world.Options.Rules}, deposit {world.Deposit}, "
                + $"batch {world.MaxBatch}"));
        write($"# faults: {world.Plan.Chosen}");
        write("# step, virtual seconds, who: input @clock -> @clock | outputs");
    }

    /// <summary>A step of a client.</summary>
    public void Client(ClientHost host, long clock, ClientInput input, IReadOnlyList<ClientOutput> outputs)
    {
        string clocks = clock == host.Process!.Clock ? $"@{clock}" : $"@{clock} -> @{host.Process.Clock}";
        Line($"client {host.Id} ({host.Endpoint})", $"{TraceText.Of(input)} {clocks}", outputs.Select(TraceText.Of));
    }

    /// <summary>A step of the bank.</summary>
    public void Bank(BankHost host, BankInput input, IReadOnlyList<BankOutput> outputs) =>
        Line("bank", $"{TraceText.Of(input)} [{host.Process!.DurableCount}/{host.Process.Ledger.Count}]",
            outputs.Select(TraceText.Of));

    /// <summary>What is no step.</summary>
    public void Note(ClientHost? client, string what)
    {
        string who = client is null ? what.StartsWith('(') ? "world" : "bank"
            : $"client {client.Id} ({client.Endpoint})";
        Line(who, $"-- {what}", []);
    }

    private void Line(string who, string what, IEnumerable<string> outputs)
    {
        string[] all = [.. outputs];
        string after = string.Join("; ", all.Take(MaxOutputs));
        after += all.Length > MaxOutputs ? $"; and {all.Length - MaxOutputs} more" : string.Empty;
        string seconds = (_world!.Schedule.Now / 1_000m).ToString("0.000", CultureInfo.InvariantCulture);
        write(string.Create(
            CultureInfo.InvariantCulture,
            $"{_world.Coverage[Happening.Step],6} {seconds,8} {who,-15} "
                + $"{what}{(after.Length > 0 ? " | " : string.Empty)}{after}"));
    }
}
