using System.CommandLine;
using System.Text.Json;
using Blockchain.Cli.Ledgers;
using Blockchain.Cli.Options;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Files;
using Blockchain.Wire.Http;

namespace Blockchain.Cli.Verbs;

/// <summary>
/// <c>blockchain export SOURCE</c>: the settled blocks as lines of JSON, the same bytes wherever they are kept.
/// </summary>
public static class ExportVerb
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string> source = new("SOURCE")
        {
            Description = "A folder of a stopped bank or of a client, the name of a client in the data folder, or the "
                + "address of a running bank or client.",
        };
        Setting<string> data = CommonSettings.Data();
        return Verb.Create(
            "export",
            "Prints the settled blocks of a ledger as JSON, one block a line.",
            "blockchain export http://127.0.0.1:8000 > ledger.jsonl\nblockchain export alice",
            [source, data.Option],
            context =>
            {
                string? folder = context.Settings.Read(data);
                context.Settings.ThrowIfFaulty();
                return RunAsync(context.Parsed.GetRequiredValue(source), DataFolders.Find(folder), context.Stopping);
            });
    }

    private static async Task<int> RunAsync(string text, DataFolders folders, CancellationToken cancellation)
    {
        IReadOnlyList<LedgerSource> sources = LedgerSources.Find(text, folders);
        if (sources.Count > 1)
        {
            string titles = string.Join(", ", sources.Select(source => source.Title));
            throw new CliException(
                ExitCode.Usage, $"{text} holds {sources.Count} ledgers. Name one: {titles}.");
        }

        await using BufferedStream output = new(Console.OpenStandardOutput(), 1 << 16);
        Hash previous = Hash.Empty;
        long next = 0;
        await foreach (RawBlock raw in sources[0].ReadAsync(Refuse, cancellation))
        {
            Hash hash = Check(raw, next, previous);
            BlockDto dto = BlockJson.From(Decode(raw), next, previous, hash, settled: true);
            output.Write(JsonSerializer.SerializeToUtf8Bytes(dto, WireJson.Default.BlockDto));
            output.WriteByte((byte)'\n');
            previous = hash;
            next++;
        }

        return ExitCode.Done;
    }

    private static Hash Check(RawBlock raw, long expected, Hash previous)
    {
        Hash hash = Hash.Link(previous, raw.Canonical.Span);
        if (raw.Index != expected)
        {
            throw new IntegrityException(expected, $"block {raw.Index} stands in its place");
        }

        return raw.Hash is { } stored && stored != hash
            ? throw new IntegrityException(
                expected, $"its stored hash is {stored.Short} and its content gives {hash.Short}")
            : hash;
    }

    private static Block Decode(RawBlock raw)
    {
        try
        {
            return Block.Decode(raw.Canonical.Span);
        }
        catch (FormatFaultException fault)
        {
            throw new IntegrityException(raw.Index, $"its bytes are no block: {fault.Message}");
        }
    }

    private static void Refuse(AuditFault fault) => throw new IntegrityException(fault.Index, fault.Explanation);
}
