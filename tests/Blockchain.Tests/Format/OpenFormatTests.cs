using System.Buffers.Binary;
using System.Text;
using Blockchain.Core.OpenNetwork;
using Blockchain.Node.Tcp;
using Blockchain.Wire.Keys;

namespace Blockchain.Tests.Format;

/// <summary>FORMAT-OPEN.md says what the code does; BLOCKCHAIN_UPDATE=1 writes its vectors anew.</summary>
public sealed class OpenFormatTests
{
    private static string Path => VectorDocument.PathOfOpenFormat;

    private static string PathOfVerifier => Repository.PathOf("tests", "models", "verify_open.py");

    [Fact]
    public void Every_vector_in_the_document_is_what_the_product_writes()
    {
        Dictionary<string, Dictionary<string, string>> document = VectorDocument.Load(Path).Read();
        Dictionary<string, Dictionary<string, string>> product = new OpenVectors(document).All;
        if (Environment.GetEnvironmentVariable("BLOCKCHAIN_UPDATE") == "1")
        {
            VectorDocument.Save(Path, product);
            document = VectorDocument.Load(Path).Read();
        }

        document.Keys.Should().BeEquivalentTo(product.Keys);
        foreach ((string name, Dictionary<string, string> fields) in product)
        {
            document[name].Should().Equal(fields, "of the vector {0}", name);
        }
    }

    [Fact]
    public void What_stands_in_the_document_is_read_as_what_it_was_made_of()
    {
        Dictionary<string, Dictionary<string, string>> document = VectorDocument.Load(Path).Read();
        OpenVectors vectors = new(document);

        Block block = Block.Decode(Bytes(document["block 1"]["bytes"]));
        block.Transactions.Should().Equal(vectors.Transactions);
        block.Header.Should().Be(vectors.Block.Header);
        Transaction.Decode(Bytes(document["payment"]["bytes"])).Should().Be(vectors.Payment);
        foreach ((string name, NodeMessage message) in vectors.Messages)
        {
            NodeMessage read = NodeMessageCodec.Decode(Bytes(document[$"message {name}"]["bytes"]));
            read.GetType().Should().Be(message.GetType());
            NodeMessageCodec.Encode(read).Should().Equal(NodeMessageCodec.Encode(message));
        }

        byte[] request = Bytes(document["frames"]["request"]);
        BinaryPrimitives.ReadUInt16BigEndian(request).Should().Be((ushort)(request.Length - 2));
        MessageJson.Read(request.AsSpan(2), out Transaction.Message? said).Should().Be(MessageFault.None);
        said.Should().Be(vectors.Transactions[3]);
        Encoding.ASCII.GetString(Bytes(document["frames"]["yes"])[2..]).Should().Be("{\"response\": true}");
    }

    [Fact]
    public void The_block_of_the_document_follows_its_genesis_and_its_payment_is_good_when_the_reward_is_ripe()
    {
        OpenVectors vectors = new(VectorDocument.Load(Path).Read());
        NetworkParameters parameters = NetworkParameters.Open("main");
        BlockTree tree = new(parameters);
        ChainState chain = new(parameters);

        tree.TryAdd(vectors.Block.Header, long.MaxValue, out _).Should().Be(BlockFault.None);
        BlockForm.Check(vectors.Block, parameters).Should().Be(BlockRefusal.None);
        chain.TryConnect(vectors.Block, IsSigned, out _).Should().Be(BlockRefusal.None);
        TransactionForm.Check(vectors.Payment).Should().Be(Refusal.None);
        IsSigned(vectors.Payment).Should().BeTrue();
        LedgerRules.Check(vectors.Payment, chain, maturity: 1).Should().Be(Refusal.None);
        LedgerRules.Check(vectors.Payment, chain, parameters.CoinbaseMaturity).Should().Be(Refusal.ImmatureReward);

        bool IsSigned(Transaction each) => TransactionForm.IsSigned(each, chain.GenesisHash, Ed25519.Platform);
    }

    [PythonFact]
    public void The_verifier_in_Python_agrees_with_every_vector()
    {
        (int exit, string output) = Python.Run([PathOfVerifier, "--vectors", Path]);

        output.Should().StartWith("31 vectors hold, 6 signatures");
        exit.Should().Be(0);
    }

    [PythonFact]
    public void The_verifier_in_Python_finds_a_vector_that_was_changed()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        string changed = System.IO.Path.Combine(folder, "changed.md");
        string text = File.ReadAllText(Path);
        Dictionary<string, Dictionary<string, string>> document = VectorDocument.Load(Path).Read();
        try
        {
            foreach (string id in (string[])[document["payment"]["id"], document["block 1"]["hash"],
                document["header 32256"]["target"], document["key alice"]["address"]])
            {
                text.Should().Contain(id);
                string other = id[..^1] + (id[^1] == '0' ? '1' : '0');
                File.WriteAllText(changed, text.Replace(id, other, StringComparison.Ordinal));
                Python.Run([PathOfVerifier, "--vectors", changed]).Should().Match<(int Exit, string Output)>(
                    result => result.Exit == 4 && result.Output.StartsWith("FAILED "), "of {0}", id);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex);
}
