using System.Globalization;
using System.Text.Json;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.IntegrationTests.Support;
using Microsoft.Data.Sqlite;

namespace Blockchain.IntegrationTests.Cli;

/// <summary>`export` and `verify` of the built executable, on folders that were made by the shipping hosts.</summary>
public sealed class VerifyTests(LedgerFixture fixture) : IClassFixture<LedgerFixture>, IDisposable
{
    private readonly TempFolder _data = fixture.Copy();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task All_ledgers_of_a_data_folder_are_good_and_equal()
    {
        RunResult result = await ProcessRunner.RunAsync(_data, "verify", _data.Path);

        result.ExitCode.Should().Be(0, result.ToString());
        result.Lines.Should().HaveCount(5, result.ToString());
        result.Lines[..4].Should().OnlyContain(line => line.Contains(": good: ") && line.Contains("30.00"));
        result.Lines[4].Should().StartWith("All 4 ");
    }

    [Fact]
    public async Task The_report_is_one_json_object_when_asked_for()
    {
        RunResult result = await ProcessRunner.RunAsync(_data, "verify", "bank", "client-2", "--json");

        using JsonDocument report = JsonDocument.Parse(result.Output);
        report.RootElement.GetProperty("holds").GetBoolean().Should().BeTrue();
        report.RootElement.GetProperty("parting").ValueKind.Should().Be(JsonValueKind.Null);
        report.RootElement.GetProperty("sources").EnumerateArray()
            .Select(source => source.GetProperty("source").GetString()).Should().Equal("bank", "client-2");
    }

    [Fact]
    public async Task Exports_of_the_bank_and_of_every_client_are_the_same_bytes()
    {
        RunResult bank = await ProcessRunner.RunAsync(_data, "export", "bank");

        bank.ExitCode.Should().Be(0, bank.ToString());
        bank.Lines.Length.Should().BeGreaterThanOrEqualTo(LedgerFixture.LeastBlocks);
        for (int i = 1; i <= 3; i++)
        {
            RunResult client = await ProcessRunner.RunAsync(_data, "export", $"client-{i}");
            client.Output.Should().Be(bank.Output);
        }
    }

    [Fact]
    public async Task A_byte_changed_in_a_clients_chain_is_found_and_its_block_is_named()
    {
        string chain = _data.Sub("clients", "client-1", "chain.log");
        byte[] bytes = await File.ReadAllBytesAsync(chain);
        int place = bytes.AsSpan().LastIndexOf("for the tests"u8);
        bytes[place] ^= 1;
        await File.WriteAllBytesAsync(chain, bytes);
        int last = (await ProcessRunner.RunAsync(_data, "export", "bank")).Lines
            .Select((line, index) => line.Contains("for the tests", StringComparison.Ordinal) ? index : -1).Max();

        RunResult verify = await ProcessRunner.RunAsync(_data, "verify", "client-1");
        RunResult export = await ProcessRunner.RunAsync(_data, "export", "client-1");

        verify.ExitCode.Should().Be(4, verify.ToString());
        verify.Output.Should().Contain($"block {last}");
        export.ExitCode.Should().Be(4, export.ToString());
        export.Errors.Should().StartWith("blockchain: ").And.Contain($"block {last}");
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.999)]
    public async Task A_byte_changed_anywhere_in_the_banks_database_is_found(double where)
    {
        string database = _data.Sub("bank", "ledger.db");
        byte[] bytes = await File.ReadAllBytesAsync(database);
        bytes[(int)(where * (bytes.Length - 1))] ^= 0x20;
        await File.WriteAllBytesAsync(database, bytes);

        RunResult result = await ProcessRunner.RunAsync(_data, "verify", "bank");

        result.ExitCode.Should().Be(4, result.ToString());
    }

    [Fact]
    public async Task A_bank_rewritten_and_hashed_again_parts_from_its_clients_where_it_was_rewritten()
    {
        long rewritten = Rewrite(_data.Sub("bank", "ledger.db"));
        File.Delete(_data.Sub("bank", "ledger.seal"));

        RunResult alone = await ProcessRunner.RunAsync(_data, "verify", "bank");
        RunResult compared = await ProcessRunner.RunAsync(_data, "verify", "bank", "client-3");

        alone.ExitCode.Should().Be(4, "the checkpoint does not fit any more: {0}", alone);
        compared.ExitCode.Should().Be(4, compared.ToString());
        compared.Output.Should().Contain($"part at block {rewritten}");
    }

    [Fact]
    public async Task A_chain_with_a_torn_tail_behind_what_was_promised_is_no_fault_but_a_lost_block_is()
    {
        string chain = _data.Sub("clients", "client-2", "chain.log");
        await using (FileStream file = new(chain, FileMode.Append))
        {
            file.Write([0, 0]);
        }

        RunResult torn = await ProcessRunner.RunAsync(_data, "verify", "client-2");
        byte[] bytes = await File.ReadAllBytesAsync(chain);
        await File.WriteAllBytesAsync(chain, bytes[..(bytes.Length - 10)]);
        RunResult cut = await ProcessRunner.RunAsync(_data, "verify", "client-2");

        torn.ExitCode.Should().Be(0, torn.ToString());
        cut.ExitCode.Should().Be(4, cut.ToString());
    }

    [Fact]
    public async Task Sources_that_are_none_are_usage_errors()
    {
        RunResult nowhere = await ProcessRunner.RunAsync(_data, "verify", "nobody");
        RunResult several = await ProcessRunner.RunAsync(_data, "export", _data.Path);
        string file = _data.Sub("ledger.jsonl");
        await File.WriteAllTextAsync(file, "{}");
        RunResult export = await ProcessRunner.RunAsync(_data, "verify", file);

        nowhere.ExitCode.Should().Be(2, nowhere.ToString());
        nowhere.Errors.Split('\n').Should().ContainSingle().Which
            .Should().StartWith("blockchain: ").And.Contain("nobody");
        several.ExitCode.Should().Be(2, several.ToString());
        export.ExitCode.Should().Be(2, export.ToString());
        export.Errors.Should().Be(
            $"blockchain: {file} is a file. Name the folder of a bank or of a client, or an address.");
    }

    [Fact]
    public async Task A_source_that_does_not_answer_is_exit_3()
    {
        string address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Ports.Free()}");

        RunResult verify = await ProcessRunner.RunAsync(_data, "verify", address, "bank");
        RunResult export = await ProcessRunner.RunAsync(_data, "export", address);

        verify.ExitCode.Should().Be(3, verify.ToString());
        verify.Output.Should().Contain("not verified").And.Contain("bank: good");
        export.ExitCode.Should().Be(3, export.ToString());
    }

    /// <summary>Changes the time of the last view, which no client signs, and makes all hashes behind it fit.</summary>
    /// <returns>The index of the view.</returns>
    private static long Rewrite(string path)
    {
        using SqliteConnection database = new($"Data Source={path};Pooling=False");
        database.Open();
        List<Block> blocks = [];
        using (SqliteCommand read = database.CreateCommand())
        {
            read.CommandText = "SELECT block FROM ledger ORDER BY idx";
            using SqliteDataReader rows = read.ExecuteReader();
            while (rows.Read())
            {
                blocks.Add(Block.Decode((byte[])rows[0]));
            }
        }

        int index = blocks.FindLastIndex(block => block is Block.View);
        Block.View view = (Block.View)blocks[index];
        blocks[index] = new Block.View(view.Epoch, view.Key, view.UnixMs + 1, view.Members, view.BankKey);
        Hash head = Hash.Empty;
        for (int i = 0; i < blocks.Count; i++)
        {
            head = blocks[i].HashAfter(head);
            byte[] hash = new byte[Hash.Size];
            head.CopyTo(hash);
            using SqliteCommand write = database.CreateCommand();
            write.CommandText = "UPDATE ledger SET block = $block, hash = $hash WHERE idx = $idx";
            write.Parameters.AddWithValue("$block", blocks[i].Canonical.ToArray());
            write.Parameters.AddWithValue("$hash", hash);
            write.Parameters.AddWithValue("$idx", i);
            write.ExecuteNonQuery();
        }

        return index;
    }
}
