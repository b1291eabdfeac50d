using System.Text;
using System.Text.Json;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Files;

namespace Blockchain.Client.Hosting;

/// <summary>A transfer that a history has begun and not ended.</summary>
/// <param name="From">The paying account; 0 while the client had none.</param>
/// <param name="To">The account paid.</param>
/// <param name="Amount">How much.</param>
/// <param name="InvokedNs">When it was asked for, in nanoseconds since 1970.</param>
internal readonly record struct HistoryOperation(int From, int To, Money Amount, long InvokedNs);

/// <summary>Reads a history file back at the start of a life.</summary>
internal static class HistoryReader
{
    /// <summary>The transfers whose outcome is unknown. Cuts a last line that breaks off, and leaves the file at its
    /// end.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="process">Name of the client that it must belong to.</param>
    /// <exception cref="StoreFaultException">It is the history of another client, or none.</exception>
    public static Dictionary<TransferId, HistoryOperation> ReadOpen(FileStream file, string path, string process)
    {
        long whole = EndOfWholeLines(file);
        Dictionary<TransferId, HistoryOperation> open = [];
        file.Position = 0;
        using StreamReader reader = new(file, leaveOpen: true);
        long at = 0;
        for (int number = 1; reader.ReadLine() is { } line; number++)
        {
            bool isWhole = at < whole;
            at += Encoding.UTF8.GetByteCount(line) + 1;
            if (!(isWhole ? TryRead(line, process, open) : IsBeginning(line, process)))
            {
                throw new StoreFaultException(
                    $"line {number} of {path} is no operation of client {process}. Name another file for --history.");
            }
        }

        file.SetLength(whole);
        file.Position = whole;
        return open;
    }

    private static bool TryRead(string line, string process, Dictionary<TransferId, HistoryOperation> open)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            if (root.GetProperty("process").GetString() != process)
            {
                return false;
            }

            if (root.GetProperty("op").GetString() != "transfer")
            {
                return true;
            }

            JsonElement args = root.GetProperty("args");
            if (!TransferId.TryParse(args.GetProperty("txid").GetString(), out TransferId id))
            {
                return false;
            }

            open.Remove(id);
            if (root.GetProperty("result").GetString() == "unknown")
            {
                // One that does not parse was refused, and no block will ever name it.
                Money.Parse(args.GetProperty("amount").GetString() ?? string.Empty, out Money amount);
                open[id] = new HistoryOperation(
                    args.GetProperty("from").GetInt32(), args.GetProperty("to").GetInt32(), amount,
                    root.GetProperty("invoke_ns").GetInt64());
            }

            return true;
        }
        catch (Exception fault) when (
            fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    /// <summary>Whether a last line without an end is one that this client began to write.</summary>
    private static bool IsBeginning(string line, string process)
    {
        string beginning = $"{{\"process\":\"{JsonEncodedText.Encode(process)}\",";
        return line.StartsWith(beginning, StringComparison.Ordinal)
            || beginning.StartsWith(line, StringComparison.Ordinal);
    }

    private static long EndOfWholeLines(FileStream file)
    {
        for (long end = file.Length; end > 0; end--)
        {
            file.Position = end - 1;
            if (file.ReadByte() == '\n')
            {
                return end;
            }
        }

        return 0;
    }
}
