using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Http;
using Blockchain.Wire.Links;

namespace Blockchain.Client.Hosting;

/// <summary>What a client counts: messages, writes and critical sections, so that their price can be seen. The loop
/// counts, any thread reads.</summary>
internal sealed class ClientMetrics
{
    private long _requests;
    private long _replies;
    private long _releases;
    private long _others;
    private long _sections;
    private long _settled;

    /// <summary>What is written on the links to the other members.</summary>
    public LinkCounters Peers { get; } = new();

    /// <summary>Own transfers that have settled.</summary>
    public long Settled => Volatile.Read(ref _settled);

    /// <summary>A message goes to another member.</summary>
    public void Sent(PeerMessage message)
    {
        switch (message)
        {
            case PeerMessage.Request:
                Add(ref _requests);
                break;
            case PeerMessage.Reply:
                Add(ref _replies);
                break;
            case PeerMessage.Release:
                Add(ref _releases);
                break;
            default:
                Add(ref _others);
                break;
        }
    }

    /// <summary>Something happened at the client.</summary>
    public void Happened(ClientEvent happened)
    {
        switch (happened)
        {
            case ClientEvent.Left:
                Add(ref _sections);
                break;
            case ClientEvent.Settled:
                Add(ref _settled);
                break;
        }
    }

    /// <summary>The counters for monitors.</summary>
    /// <param name="blocks">Settled blocks of the chain.</param>
    /// <param name="linksHashed">Links of the chain hashed in this life.</param>
    public string Write(long blocks, long linksHashed)
    {
        const string Messages = "Messages of mutual exclusion sent to other members, by kind.";
        return MetricsText.Write(
            new Metric("blockchain_messages_sent_total{kind=\"request\"}", Messages, Volatile.Read(ref _requests)),
            new Metric("blockchain_messages_sent_total{kind=\"reply\"}", Messages, Volatile.Read(ref _replies)),
            new Metric("blockchain_messages_sent_total{kind=\"release\"}", Messages, Volatile.Read(ref _releases)),
            new Metric(
                "blockchain_control_messages_sent_total", "Acknowledgements and heads sent to other members.",
                Volatile.Read(ref _others)),
            new Metric("blockchain_peer_writes_total", "Writes on links to other members.", Peers.Writes),
            new Metric("blockchain_sections_total", "Critical sections that were left.", Volatile.Read(ref _sections)),
            new Metric("blockchain_transfers_settled_total", "Own transfers that have settled.", Settled),
            new Metric("blockchain_links_hashed_total", "Links of the chain that were hashed.", linksHashed),
            new Metric("blockchain_blocks", "Settled blocks of the chain.", blocks));
    }

    private static void Add(ref long counter) => Volatile.Write(ref counter, counter + 1);
}
