using System.Text.Json;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Files;

namespace Blockchain.Client.Storage;

/// <summary>Who a client is to its bank; what identity.json holds. The secret key is in a file of its own.</summary>
/// <param name="Name">Name of the client.</param>
/// <param name="Bank">Address of the bank last used.</param>
/// <param name="Id">Number of the account; 0 before the first join.</param>
/// <param name="Ledger">Hash of the ledger's first block; null before the first join.</param>
/// <param name="BankKey">The bank's key; null before the first join.</param>
public sealed record ClientIdentity(string Name, string Bank, int Id, Hash? Ledger, PublicKey? BankKey)
{
    private const int MaxBytes = 1 << 16;

    /// <summary>Reads the file.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="StoreFaultException">It cannot be read, or is not what this program writes.</exception>
    public static ClientIdentity? Read(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                return null;
            }

            return new FileInfo(path).Length <= MaxBytes
                ? Parse(File.ReadAllBytes(path))
                : throw new FormatException("it is too long");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw StoreFaults.From(fault, path);
        }
        catch (Exception fault) when (
            fault is FormatException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new StoreFaultException(
                $"{path} does not name a client: {fault.Message.TrimEnd('.')}. Restore it, or start a client of "
                    + "another name.", fault);
        }
    }

    /// <summary>Replaces the file.</summary>
    /// <exception cref="StoreFaultException">It cannot be written.</exception>
    public void Write(string path)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("name", Name);
            writer.WriteString("bank", Bank);
            writer.WriteNumber("id", Id);
            writer.WriteString("ledger", Ledger?.ToString());
            writer.WriteString("bankKey", BankKey?.ToString());
            writer.WriteEndObject();
        }

        DurableFile.Replace(path, stream.ToArray());
    }

    private static ClientIdentity Parse(ReadOnlyMemory<byte> bytes)
    {
        using JsonDocument document = JsonDocument.Parse(bytes);
        JsonElement root = document.RootElement;
        string name = root.GetProperty("name").GetString() ?? string.Empty;
        string? ledger = root.GetProperty("ledger").GetString();
        string? bankKey = root.GetProperty("bankKey").GetString();
        Hash ledgerHash = default;
        PublicKey key = default;
        int id = root.GetProperty("id").GetInt32();
        if (!ClientName.IsValid(name) || id < 0
            || (ledger is not null && !Hash.TryParse(ledger, out ledgerHash))
            || (bankKey is not null && !PublicKey.TryParse(bankKey, out key)))
        {
            throw new FormatException("a value in it is not allowed");
        }

        return new ClientIdentity(
            name, root.GetProperty("bank").GetString() ?? string.Empty, id,
            ledger is null ? null : ledgerHash, bankKey is null ? null : key);
    }
}
