using System.Globalization;
using System.Text.Json;

namespace Blockchain.IntegrationTests.Faults;

/// <summary>
/// Judges a ledger as <c>blockchain export</c> prints it, by its own reading of what a transfer means: nothing of the
/// program is used for it.
/// </summary>
public sealed class ExportedLedger
{
    private readonly Dictionary<string, (long Index, string Status, string Hash)> _transfers = [];
    private readonly Dictionary<int, decimal> _balances = [];
    private decimal _deposits;

    private ExportedLedger(string text)
    {
        Text = text;
    }

    /// <summary>The export as it was printed.</summary>
    public string Text { get; }

    /// <summary>Number of blocks.</summary>
    public long Count { get; private set; }

    /// <summary>Number of transfers.</summary>
    public int Transfers => _transfers.Count;

    /// <summary>Balances after the last block, by account.</summary>
    public IReadOnlyDictionary<int, decimal> Balances => _balances;

    /// <summary>Reads an export and checks indexes, links, ids, outcomes and money on the way.</summary>
    /// <param name="text">Lines of JSON.</param>
    /// <param name="because">Said when a check fails: the seed.</param>
    public static ExportedLedger Read(string text, string because)
    {
        ExportedLedger ledger = new(text);
        string? previous = null;
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement block = document.RootElement;
            block.GetProperty("index").GetInt64().Should().Be(ledger.Count, because);
            block.GetProperty("previousHash").GetString().Should()
                .Match(hash => previous == null || hash == previous, because);
            previous = block.GetProperty("hash").GetString()!;
            ledger.Apply(block, because);
            ledger.Count++;
        }

        ledger._balances.Values.Should().OnlyContain(balance => balance >= 0, because);
        ledger._balances.Values.Sum().Should().Be(ledger._deposits, because);
        return ledger;
    }

    /// <summary>Whether a transfer stands in the ledger; ids are unique, so it does at most once.</summary>
    public bool Contains(string txid) => _transfers.ContainsKey(txid);

    /// <summary>What users were told is there, at the place and with the outcome that they were told.</summary>
    public void ShouldHold(IReadOnlyCollection<Acknowledged> told, string because)
    {
        told.Should().OnlyHaveUniqueItems(answer => answer.Txid, because);
        foreach (Acknowledged answer in told)
        {
            _transfers.Should().ContainKey(answer.Txid, because);
            _transfers[answer.Txid].Should().Be((answer.Index, answer.Status, answer.Hash), because);
        }
    }

    private void Apply(JsonElement block, string because)
    {
        switch (block.GetProperty("kind").GetString())
        {
            case "OPEN":
                decimal deposit = Money(block);
                _balances.Add(block.GetProperty("account").GetInt32(), deposit);
                _deposits += deposit;
                break;
            case "TRANSFER":
                ApplyTransfer(block, because);
                break;
        }
    }

    private void ApplyTransfer(JsonElement block, string because)
    {
        int from = block.GetProperty("from").GetInt32();
        int to = block.GetProperty("to").GetInt32();
        decimal amount = Money(block);
        string txid = block.GetProperty("txid").GetString()!;
        string status = block.GetProperty("status").GetString()!;
        _transfers.TryAdd(txid, (Count, status, block.GetProperty("hash").GetString()!))
            .Should().BeTrue($"{txid} is applied once; {because}");
        bool isCovered = _balances.ContainsKey(to) && _balances[from] >= amount;
        status.Should().Be(isCovered ? "SUCCESS" : "ABORT", $"block {Count} replays; {because}");
        if (isCovered)
        {
            _balances[from] -= amount;
            _balances[to] += amount;
        }
    }

    private static decimal Money(JsonElement block) =>
        decimal.Parse(block.GetProperty("amount").GetString()!, CultureInfo.InvariantCulture);
}
