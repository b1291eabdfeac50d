using System.Text;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Http;
using Blockchain.Wire.Terminal;

namespace Blockchain.Client.Terminal;

/// <summary>Replies and lines that need no question to the client.</summary>
public static class Texts
{
    private const int MaxLogBytes = 1 << 20;

    /// <summary>What stopped a client that has seen two ledgers, and what to do about it.</summary>
    public static string OfAlarm(Evidence evidence) =>
        $"block {evidence.Index}: {evidence.Explanation}. The client has stopped. Run verify on the bank and on this "
        + "client's folder: it says where they part.";

    /// <summary>The outcome of a transfer.</summary>
    public static Reply Settled(ClientEvent.Settled settled)
    {
        Block.Payment block = settled.Block;
        Transfer transfer = block.Transfer;
        TransferAnswer answer = new(
            "transfer", transfer.Id.ToString(), transfer.From, transfer.To, transfer.Amount.ToString(),
            block.Key.Token.Clock, block.Key.Token.Client, block.Key.Seq, block.Outcome.Status(),
            block.Outcome.Reason(), settled.Index, settled.Hash.ToString(), settled.BalanceBefore.ToString(),
            settled.Balance.ToString());
        return new Reply(
            block.Outcome == Outcome.Success ? Reply.Done : Reply.Failed,
            [SettledLine(settled), BalanceLine(settled)], answer);
    }

    /// <summary>The outcome in one line: (7,3) SUCCESS  12.00 -> 1   block 4  0dc6184c.</summary>
    public static string SettledLine(ClientEvent.Settled settled)
    {
        Block.Payment block = settled.Block;
        string reason = block.Outcome.Reason() is { } name ? $" {name}" : string.Empty;
        return $"{Key(block.Key)} {block.Outcome.Status()}{reason}  {block.Transfer.Amount} -> {block.Transfer.To}"
            + $"   block {settled.Index}  {settled.Hash.Short}";
    }

    /// <summary>A block's key: the token alone for the first transfer of a request.</summary>
    public static string Key(BlockKey key) => key.Seq == 0 ? key.Token.ToString() : key.ToString();

    /// <summary>All commands, or one.</summary>
    public static Reply Help(CommandSpec? topic)
    {
        List<string> lines = [];
        if (topic is not null)
        {
            lines.Add(topic.Usage);
            lines.Add($"  {topic.Summary}");
            if (topic.Aliases.Count > 0)
            {
                lines.Add($"  also: {string.Join(", ", topic.Aliases)}");
            }
        }
        else
        {
            TextTable table = new("command", "does", "also");
            foreach (CommandSpec spec in CommandTable.All)
            {
                table.Add(spec.Usage, spec.Summary, string.Join(", ", spec.Aliases));
            }

            lines.AddRange(table.Lines());
            lines.Add(
                "Case does not matter. ';' separates commands, '#' begins a comment, quotes keep a memo together.");
        }

        return new Reply(Reply.Done, lines, new LinesAnswer("help", [.. lines]));
    }

    /// <summary>The end of the log file.</summary>
    public static Reply Log(string path, int count)
    {
        if (path.Length == 0 || !File.Exists(path))
        {
            return Reply.Error(Reply.Failed, "no-log", "this client writes no log file.");
        }

        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Seek(Math.Max(0, file.Length - MaxLogBytes), SeekOrigin.Begin);
            using StreamReader reader = new(file, Encoding.UTF8);
            Queue<string> last = new();
            while (reader.ReadLine() is { } line)
            {
                last.Enqueue(line);
                if (last.Count > count)
                {
                    last.Dequeue();
                }
            }

            return new Reply(Reply.Done, [.. last, $"({path})"], new LinesAnswer("log", [.. last]));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Reply.Error(Reply.Failed, "no-log", $"the log file {path} cannot be read: {e.Message}");
        }
    }

    /// <summary>The own balance before and after the transfer's block.</summary>
    public static string BalanceLine(ClientEvent.Settled settled) =>
        $"balance {settled.BalanceBefore} -> {settled.Balance}";

    /// <summary>Text of somebody else, fit for a terminal: what would control it is shown as a replacement
    /// character.</summary>
    public static string Plain(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c)) : text;
}
