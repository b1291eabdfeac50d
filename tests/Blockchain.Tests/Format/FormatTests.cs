using System.Text.Json;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Http;

namespace Blockchain.Tests.Format;

/// <summary>
/// FORMAT.md says what the code does. With BLOCKCHAIN_UPDATE=1 in the environment the vectors in the document are
/// written anew; what changed then is a change of the format, to be looked at line by line.
/// </summary>
public sealed class FormatTests
{
    [Fact]
    public void Every_vector_in_the_document_is_what_the_product_writes()
    {
        Dictionary<string, Dictionary<string, string>> document = VectorDocument.Load().Read();
        Dictionary<string, Dictionary<string, string>> product = new Vectors(document).All;
        if (Environment.GetEnvironmentVariable("BLOCKCHAIN_UPDATE") == "1")
        {
            VectorDocument.Save(VectorDocument.PathOfFormat, product);
            document = VectorDocument.Load().Read();
        }

        document.Keys.Should().BeEquivalentTo(product.Keys);
        foreach ((string name, Dictionary<string, string> fields) in product)
        {
            document[name].Should().Equal(fields, "of the vector {0}", name);
        }
    }

    [Fact]
    public void The_blocks_of_the_document_are_one_ledger_that_replays()
    {
        LedgerState state = new();
        foreach (byte[] bytes in BlocksOfDocument())
        {
            state.TryAppend(Block.Decode(bytes)).Should().Be(LedgerFault.None);
        }

        state.Count.Should().Be(7);
        state.Accounts.Select(account => account.Balance.ToString()).Should().Equal("6.51", "13.49");
    }

    [Fact]
    public void An_implementation_that_shares_no_code_with_the_product_agrees_with_every_vector()
    {
        Dictionary<string, Dictionary<string, string>> document = VectorDocument.Load().Read();
        IndependentLedger ledger = new();

        foreach ((string name, Dictionary<string, string> fields) in document.Where(IsBlock))
        {
            ledger.Previous.Should().Be(fields["previous hash"], "of {0}", name);
            ledger.Add(Convert.FromHexString(fields["bytes"]));
            ledger.Previous.Should().Be(fields["hash"], "of {0}", name);
        }

        ledger.Finish();
        ledger.CheckCheckpoint(Convert.FromHexString(document["checkpoint"]["bytes"]));
        ledger.Balances.Should().Equal(new Dictionary<int, long> { [1] = 651, [2] = 1349 });
        ledger.Signed.Should().Be(2);
        document.Values.Where(fields => fields.ContainsKey("digest")).Should().HaveCountGreaterThan(1).And.OnlyContain(
            fields => IndependentLedger.Sha256(fields["signed bytes"]) == fields["digest"]);
    }

    [Fact]
    public void That_implementation_finds_each_byte_that_is_changed()
    {
        List<byte[]> blocks = BlocksOfDocument();
        for (int i = 0; i < blocks.Count; i++)
        {
            for (int place = 0; place < blocks[i].Length; place++)
            {
                List<byte[]> changed = [.. blocks];
                changed[i] = [.. blocks[i]];
                changed[i][place] ^= 0x20;
                Verify(changed).Should().NotBe(HeadOfDocument(), "of byte {0} of block {1}", place, i);
            }
        }
    }

    [PythonFact]
    public void The_verifier_in_Python_agrees_with_every_vector()
    {
        (int exit, string output) = Python.Run(
            [PathOfVerifier, "--vectors", VectorDocument.PathOfFormat]);

        output.Should().StartWith("7 blocks hold, 2 requests signed, 2 accounts, total 20.00");
        exit.Should().Be(0);
    }

    [PythonFact]
    public void The_verifier_in_Python_reads_what_export_prints_and_names_the_block_that_was_changed()
    {
        string[] lines = Export();
        (int exit, string output) = Python.Run([PathOfVerifier], string.Join('\n', lines));
        output.Should().Contain(HeadOfDocument());
        exit.Should().Be(0);

        (string Line, string Old, string New)[] changes =
        [
            (lines[4], "\"3.50\"", "\"3.51\""), (lines[5], "\"ABORT\"", "\"SUCCESS\""), (lines[6], "a cent", "2 cent"),
            (lines[3], "[1,2]", "[1]"), (lines[1], "alice", "alicf"), (lines[2], "12:00:01.000", "12:00:01.001"),
        ];
        foreach ((string line, string old, string changed) in changes)
        {
            line.Should().Contain(old);
            string input = string.Join('\n', lines.Select(
                each => each == line ? each.Replace(old, changed, StringComparison.Ordinal) : each));
            Python.Run([PathOfVerifier], input).Should().Match<(int Exit, string Output)>(
                result => result.Exit == 4
                    && result.Output.StartsWith($"FAILED block {Array.IndexOf(lines, line)}:",
                    StringComparison.Ordinal));
        }
    }

    private static string PathOfVerifier => Repository.PathOf("tests", "models", "verify.py");

    private static string[] Export()
    {
        Hash previous = Hash.Empty;
        return [.. BlocksOfDocument().Select((bytes, index) =>
        {
            Block block = Block.Decode(bytes);
            Hash hash = block.HashAfter(previous);
            BlockDto dto = BlockJson.From(block, index, previous, hash, settled: true);
            BlockJson.ToBlock(dto).Canonical.ToArray().Should().Equal(bytes);
            previous = hash;
            return JsonSerializer.Serialize(dto, WireJson.Default.BlockDto);
        })];
    }

    private static string Verify(List<byte[]> blocks)
    {
        IndependentLedger ledger = new();
        try
        {
            blocks.ForEach(ledger.Add);
            ledger.Finish();
            return ledger.Previous;
        }
        catch (InvalidDataException fault)
        {
            return fault.Message;
        }
    }

    private static bool IsBlock(KeyValuePair<string, Dictionary<string, string>> vector) =>
        vector.Key.StartsWith("block ", StringComparison.Ordinal);

    private static List<byte[]> BlocksOfDocument() =>
        VectorDocument.Load().Read().Where(IsBlock)
            .Select(vector => Convert.FromHexString(vector.Value["bytes"])).ToList();

    private static string HeadOfDocument() => VectorDocument.Load().Read().Last(IsBlock).Value["hash"];
}
