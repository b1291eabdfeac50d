using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Tests.Network;

/// <summary>A client with what its disk would hold, so that it can be started again.</summary>
internal sealed class TestClient(string name)
{
    public string Name { get; } = name;

    public PublicKey Key { get; } = TestSignatures.KeyOf(name);

    public string Endpoint => $"at {Name}";

    public List<Block> Stored { get; } = [];

    public Dictionary<TransferId, Transfer> Intents { get; } = [];

    public Checkpoint? Checkpoint { get; set; }

    public long Incarnation { get; private set; }

    public bool IsUp { get; set; } = true;

    public HashSet<int> Connected { get; } = [];

    public List<ClientEvent> Events { get; } = [];

    public ClientProcess Process { get; private set; } = null!;

    /// <summary>Starts, or starts again from the disk alone.</summary>
    public void Start(ProtocolRules rules, int maxBatch)
    {
        Incarnation++;
        IsUp = true;
        Connected.Clear();
        ClientState state = new()
        {
            Name = Name,
            PublicKey = Key,
            Incarnation = Incarnation,
            Endpoint = Endpoint,
            Ledger = TestNetwork.Replay(Stored),
            Checkpoint = Checkpoint,
            Intents = [.. Intents.Values],
            MaxBatch = maxBatch,
        };
        Process = new ClientProcess(state, new TestSignatures(), rules);
    }

    public IEnumerable<T> Happened<T>()
        where T : ClientEvent => Events.OfType<T>();
}
