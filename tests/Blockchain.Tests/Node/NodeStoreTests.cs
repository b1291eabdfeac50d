using Blockchain.Core.OpenNetwork;
using Blockchain.Node.Store;
using Blockchain.Wire.Files;
using Microsoft.Data.Sqlite;

namespace Blockchain.Tests.Node;

/// <summary>What a node keeps, across clean ends and others.</summary>
public sealed class NodeStoreTests : IDisposable
{
    private static readonly NetworkParameters Parameters = NetworkParameters.Test;
    private static readonly Block First = Genesis.Of(Parameters);
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Blocks_transactions_and_addresses_outlive_the_process_however_it_ends(bool cleanly)
    {
        Block[] blocks = [Make(1), Make(2), Make(3)];
        using (NodeStore store = Open())
        {
            store.Commit(
            [
                new StoreChange.PutBlock(blocks[1], 1, false),
                new StoreChange.PutBlock(blocks[0], 2, false),
                new StoreChange.PutTransaction(Sample.Message()),
                new StoreChange.PutPeers(["http://127.0.0.1:1", "http://127.0.0.1:2"]),
            ]);
            store.Commit(
            [
                new StoreChange.PutBlock(blocks[2], 3, false),
                new StoreChange.MarkValidated(blocks[0].Hash),
                new StoreChange.MarkInvalid(blocks[2].Hash),
                new StoreChange.PutPeers(["http://127.0.0.1:3"]),
            ]);
            if (cleanly)
            {
                store.Close();
            }
        }

        using NodeStore again = Open();
        StoredChain chain = again.ReadChain();
        chain.Blocks.Should().Equal(
            new StoredBlock(blocks[1].Header, 1, false),
            new StoredBlock(blocks[0].Header, 2, true));
        chain.Invalid.Should().Equal(blocks[2].Hash);
        again.ReadTransactions().Should().Equal(Sample.Message());
        again.ReadPeers().Should().Equal("http://127.0.0.1:3");
        again.Find(blocks[0].Hash)!.Canonical.ToArray().Should().Equal(blocks[0].Canonical.ToArray());
        again.Find(First.Hash).Should().BeNull();
    }

    [Fact]
    public void A_block_that_is_kept_again_has_the_new_values_and_a_dropped_transaction_is_gone()
    {
        Block block = Make(1);
        using NodeStore store = Open();
        store.Commit(
        [
            new StoreChange.PutBlock(block, 1, false),
            new StoreChange.PutTransaction(Sample.Message()),
        ]);
        store.Commit(
        [
            new StoreChange.PutBlock(block, 7, true),
            new StoreChange.PutTransaction(Sample.Message()),
            new StoreChange.DropTransaction(Sample.Message().Id),
            new StoreChange.DropTransaction(Sample.Message().Id),
        ]);

        store.ReadChain().Blocks.Should().Equal(new StoredBlock(block.Header, 7, true));
        store.ReadTransactions().Should().BeEmpty();
    }

    [Fact]
    public void A_folder_belongs_to_one_process_and_one_network()
    {
        NodeStore store = Open();
        Action second = () => Open();
        second.Should().Throw<StoreFaultException>().WithMessage("*in use by another process*");
        store.Close();

        Action other = () => NodeStore.Open(_folder.Path, Make(9).Hash);
        other.Should().Throw<StoreFaultException>().WithMessage("*another network*--data*");
        Open().Dispose();
    }

    [Theory]
    [InlineData("UPDATE blocks SET body = x'00'")]
    [InlineData("UPDATE blocks SET hash = x'00'")]
    [InlineData("UPDATE blocks SET body = zeroblob(100)")]
    [InlineData("DROP TABLE blocks")]
    [InlineData("UPDATE blocks SET body = CAST(replace(body, 'test', 'tess') AS BLOB)")]
    public void What_something_else_changed_is_found(string damage)
    {
        using (NodeStore store = Open())
        {
            store.Commit([new StoreChange.PutBlock(Make(1), 1, false)]);
            store.Close();
        }

        Damage(damage);

        Action read = () =>
        {
            using NodeStore store = Open();
            store.ReadChain();
            store.Find(Make(1).Hash);
        };
        read.Should().Throw<IntegrityException>().WithMessage($"*{_folder.Path}*node.db is damaged*Move it away*");
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused()
    {
        File.WriteAllText(Path.Combine(_folder.Path, NodeStore.FileName), new string('x', 5_000));

        Action open = () => Open();

        open.Should().Throw<IntegrityException>().WithMessage($"*{_folder.Path}*node.db is damaged*Move it away*");
    }

    [Fact]
    public async Task The_writer_keeps_steps_in_order_and_gives_blocks_back_before_they_are_on_disk()
    {
        HeldStore store = new();
        List<long> persisted = [];
        StoreWriter writer = new(store, persisted.Add);
        Block[] blocks = [.. Enumerable.Range(1, 20).Select(Make)];
        Task running = writer.RunAsync();
        for (int i = 0; i < blocks.Length; i++)
        {
            writer.Add(i + 1, [new StoreChange.PutBlock(blocks[i], i + 1, false)]);
            writer.Read(blocks[i].Hash).Should().BeSameAs(blocks[i], "nothing is on disk yet");
        }

        writer.WaitingBytes.Should().Be(blocks.Sum(static block => block.Size));
        store.Release();
        writer.Complete();
        await running.WaitAsync(TimeSpan.FromSeconds(20));

        store.Stored.Should().Equal(blocks.Select(static block => block.Hash));
        persisted.Should().BeInAscendingOrder();
        persisted[^1].Should().Be(blocks.Length);
        writer.Commits.Should().BeLessThan(blocks.Length, "what waits together is committed together");
        writer.WaitingBytes.Should().Be(0);
    }

    [Fact]
    public async Task A_failed_flush_ends_the_writer_with_its_fault()
    {
        HeldStore store = new() { Fault = new StoreFaultException("the disk is full") };
        StoreWriter writer = new(store, static _ => { });
        writer.Add(1, [new StoreChange.PutBlock(Make(1), 1, false)]);
        store.Release();
        Func<Task> running = () => writer.RunAsync();

        (await running.Should().ThrowAsync<StoreFaultException>()).WithMessage("the disk is full");
    }

    private static Block Make(int height)
    {
        Transaction.Coinbase coinbase = new(height, 0, "test", []);
        Header header = new(
            1, First.Hash, Block.RootOf([coinbase], out _), (uint)height, Parameters.StartBits, (uint)height);
        return new Block(header, [coinbase]);
    }

    private NodeStore Open() => NodeStore.Open(_folder.Path, First.Hash);

    private void Damage(string sql)
    {
        string path = Path.Combine(_folder.Path, NodeStore.FileName);
        using SqliteConnection connection = new($"Data Source={path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>A disk that stands still until it is released.</summary>
    private sealed class HeldStore : INodeStore
    {
        private readonly ManualResetEventSlim _released = new();

        public StoreFaultException? Fault { get; init; }

        public List<BlockHash> Stored { get; } = [];

        public void Release() => _released.Set();

        public StoredChain ReadChain() => new([], []);

        public IReadOnlyList<Transaction> ReadTransactions() => [];

        public IReadOnlyList<string> ReadPeers() => [];

        public Block? Find(BlockHash hash) => null;

        public void Commit(IReadOnlyList<StoreChange> changes)
        {
            _released.Wait();
            if (Fault is not null)
            {
                throw Fault;
            }

            Stored.AddRange(changes.OfType<StoreChange.PutBlock>().Select(static put => put.Block.Hash));
        }

        public void Close()
        {
        }

        public void Dispose() => _released.Dispose();
    }
}
