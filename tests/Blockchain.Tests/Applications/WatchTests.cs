using Blockchain.Cli.Watch;
using Blockchain.Core.OpenNetwork;
using Blockchain.Wire.Http;

namespace Blockchain.Tests.Applications;

/// <summary>What `watch` shows, and what it checks instead of believing it.</summary>
public sealed class WatchTests : IDisposable
{
    private static readonly Uri Address = new("http://127.0.0.1:9000");
    private readonly FakeNode _node = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose()
    {
        _output.Dispose();
        _errors.Dispose();
    }

    [Fact]
    public void Each_event_is_a_line_in_columns()
    {
        string hash = "0000" + new string('a', 60);
        Line(new("block") { Hash = hash, Height = 12, Transactions = 1, Reward = 50 })
            .Should().Be("12:01:02  block               12  ..aaaaaaaaaaaaaa  1 transaction, reward 50.00");
        Line(new("fork") { Hash = hash, Height = 12 })
            .Should().Be("12:01:02  fork                12  ..aaaaaaaaaaaaaa  a block beside the best chain");
        Line(new("reorganization")
        {
            Hash = hash,
            Height = 13,
            Disconnected = 1,
            Connected = 2,
            CommonHeight = 11,
        }).Should().Be(
            "12:01:02  reorganization      13  ..aaaaaaaaaaaaaa  1 block taken back and 2 added behind block 11");
        Line(new("transaction") { Txid = new string('b', 64), Kind = "payment" })
            .Should().Be("12:01:02  transaction             bbbbbbbbbbbbbbbb  payment");
        WatchText.Heading.IndexOf("hash", StringComparison.Ordinal).Should().Be(Line(new("fork") { Hash = hash })
            .IndexOf("..", StringComparison.Ordinal));
    }

    [Fact]
    public void What_others_wrote_does_not_steer_the_terminal() =>
        WatchText.Describe(new TransactionDto("00", "message", 1) { Text = "a\u001b[2Jb" })
            .Should().Be("\"a?[2Jb\"");

    [Fact]
    public async Task Watching_ends_after_as_many_blocks_as_wanted_and_goes_over_an_interruption()
    {
        _node.Tell(new("listening") { Hash = "aa", Height = 1 });
        _node.Tell(new("block") { Hash = "bb", Height = 2 });
        _node.Tell(new("hang up"));
        _node.Tell(new("listening") { Hash = "bb", Height = 2 });
        _node.Tell(new("block") { Hash = "cc", Height = 3 });
        _node.Tell(new("block") { Hash = "dd", Height = 4 });

        await WatchAsync(new WatchOptions(WatchForm.Table, 2, 3));

        string[] lines = Lines();
        lines[0].Should().Be(
            "network fake at http://127.0.0.1:9000: height 0, tip ..00000000000000, 2 peers, 0 transactions waiting");
        lines[1].Should().Be(WatchText.Heading);
        lines[2..].Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2])
            .Should().Equal("2", "3");
        _errors.ToString().Should().Contain("the node does not answer");
    }

    [Fact]
    public async Task Json_is_an_object_for_each_event()
    {
        _node.Tell(new("listening") { Hash = "aa", Height = 1 });
        _node.Tell(new("block") { Hash = "bb", Height = 2, Reward = 50 });

        await WatchAsync(new WatchOptions(WatchForm.Json, 1, 3));

        Lines().Should().Equal(
            """{"event":"listening","hash":"aa","height":1}""",
            """{"event":"block","hash":"bb","height":2,"reward":50}""");
    }

    [Fact]
    public async Task The_readable_chain_has_headers_and_transactions_and_says_that_it_holds()
    {
        _node.Extend(5);
        ChainView view = (await new HeaderChain(_node).ReadAsync(2, CancellationToken.None))!;

        string[] lines = ChainText.Describe(view).Split('\n');
        lines[0].Should().Be(new string('-', 80));
        lines[1..4].Should().Equal("Blockchain", "Blocks: 5 | Total Txns: 0 | Valid: True", string.Empty);
        lines[4..6].Should().Equal("Block 3 Header:", "{");
        lines.Should().Contain($"    \"this_hash\": \"{_node.Chain[4].Header.Hash[..20]}...\",");
        string id = _node.Chain[4].Transactions![0].Txid[..20];
        lines.Count(line => line.StartsWith($" -> {id}...", StringComparison.Ordinal)).Should().Be(1);
    }

    [Fact]
    public async Task A_chain_that_was_left_is_followed_to_the_new_one()
    {
        HeaderChain chain = new(_node);
        _node.Extend(40);
        (await chain.ReadAsync(1, CancellationToken.None))!.Blocks.Should().Be(40);
        _node.Cut(25);
        _node.Extend(20);

        ChainView view = (await chain.ReadAsync(3, CancellationToken.None))!;

        view.Blocks.Should().Be(45);
        view.Fault.Should().BeNull();
        view.Last.Select(block => block.Header.Height).Should().Equal(42, 43, 44);
    }

    [Fact]
    public async Task Work_links_and_transactions_are_checked_and_not_believed()
    {
        _node.Extend(5);
        NodeBlockDto good = _node.Chain[3];
        Header header = Header.Read(Convert.FromHexString(good.Header.Hex));

        _node.Chain[3] = FakeNode.BlockOf(header with { Previous = BlockHash.Zero }, 3, good.Transactions!);
        (await FaultAsync()).Should().Be("header 3 does not follow the one before");
        _node.Chain[3] = FakeNode.BlockOf(header with { Bits = new CompactTarget(0x1d00_ffff) }, 3, good.Transactions!);
        (await FaultAsync()).Should().Be("header 3 lacks its work");
        _node.Chain[3] = good with { Header = good.Header with { Hex = "00" } };
        (await FaultAsync()).Should().Be("header 3 is no header");
        _node.Chain[3] = good with { Transactions = [new TransactionDto(new string('c', 64), "coinbase", 1)] };
        (await FaultAsync()).Should().Be("the transactions of block 3 are not those of its header");
        _node.Chain[3] = good;
        (await FaultAsync()).Should().BeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("zz")]
    [InlineData(null)]
    public async Task A_block_whose_header_is_not_the_one_of_the_chain_is_told(string? hex)
    {
        _node.Extend(5);
        _node.Tamper = block => block with { Header = block.Header with { Hex = hex ?? _node.Chain[0].Header.Hex } };

        (await FaultAsync()).Should().Be("block 2 has another header than the chain");
    }

    private async Task<string?> FaultAsync() =>
        (await new HeaderChain(_node).ReadAsync(3, CancellationToken.None))!.Fault;

    private async Task WatchAsync(WatchOptions options)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        await new WatchSession(Address, _node, _output, _errors, TimeProvider.System).RunAsync(options, patience.Token);
    }

    private static string Line(NodeEventDto happened) =>
        WatchText.Line(new DateTimeOffset(2026, 1, 1, 12, 1, 2, TimeSpan.Zero), happened);

    private string[] Lines() => _output.ToString().ReplaceLineEndings("\n").TrimEnd().Split('\n');
}
