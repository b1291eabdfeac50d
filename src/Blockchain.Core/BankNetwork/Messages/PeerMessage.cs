using Blockchain.Core.Kernel;

namespace Blockchain.Core.BankNetwork;

/// <summary>
/// What members tell each other (Lamport 1978, section "Ordering the Events Totally", rules 1 to 5). Closed.
/// </summary>
public abstract record PeerMessage
{
    private PeerMessage()
    {
    }

    /// <summary>One word for logs and counters.</summary>
    public abstract string Name { get; }

    /// <summary>About as many bytes as the message takes, for those who must bound what they keep.</summary>
    public virtual int Weight => 256;

    /// <summary>"I ask for my turn": rule 1. The transfers travel here, once, so that a release need not repeat
    /// them.</summary>
    /// <param name="Token">The place asked for.</param>
    /// <param name="Transfers">What the bank will be asked to apply.</param>
    public sealed record Request(Token Token, IReadOnlyList<Transfer> Transfers) : PeerMessage
    {
        /// <inheritdoc/>
        public override string Name => "REQUEST";

        /// <inheritdoc/>
        public override int Weight => base.Weight + SignedRequest.BytesOf(Transfers);
    }

    /// <summary>"I have your request, and nothing earlier of mine is under way to you": rule 2.</summary>
    /// <param name="Token">The request answered.</param>
    public sealed record Reply(Token Token) : PeerMessage
    {
        /// <inheritdoc/>
        public override string Name => "REPLY";
    }

    /// <summary>"I have had my turn": rule 3, with what the bank made of it.</summary>
    /// <param name="Token">The request that is over.</param>
    /// <param name="Applied">What the bank recorded; null when the turn ended without a row.</param>
    public sealed record Release(Token Token, Applied? Applied) : PeerMessage
    {
        /// <inheritdoc/>
        public override string Name => "RELEASE";

        /// <inheritdoc/>
        public override int Weight => base.Weight + (Applied?.Outcomes.Count ?? 0);
    }

    /// <summary>"The bank has signed this for me": lets members catch a bank that tells them different ledgers. It is
    /// no event of the algorithm: unsequenced, and the clock does not move.</summary>
    /// <param name="Checkpoint">The latest signed checkpoint of the sender.</param>
    public sealed record Head(Checkpoint Checkpoint) : PeerMessage
    {
        /// <inheritdoc/>
        public override string Name => "HEAD";
    }

    /// <summary>Carries only the frame's acknowledgement. No event of the algorithm.</summary>
    public sealed record Ack : PeerMessage
    {
        /// <summary>There is only one.</summary>
        public static readonly Ack Instance = new();

        private Ack()
        {
        }

        /// <inheritdoc/>
        public override string Name => "ACK";
    }
}

/// <summary>What the bank made of a request: enough to build its blocks from its transfers.</summary>
/// <param name="FirstIndex">Index of the request's first block.</param>
/// <param name="Outcomes">One per transfer, in order.</param>
/// <param name="Signature">The client's signature over the request.</param>
/// <param name="Head">Hash of the request's last block.</param>
public sealed record Applied(long FirstIndex, IReadOnlyList<Outcome> Outcomes, Signature Signature, Hash Head);

/// <summary>One message on a link between two members, with what the link needs.</summary>
/// <param name="Epoch">The view the link belongs to.</param>
/// <param name="From">Sender.</param>
/// <param name="To">Receiver.</param>
/// <param name="Seq">Place on the link, from 1; 0 for what is not sequenced.</param>
/// <param name="Ack">Highest place received in order from the other side.</param>
/// <param name="Clock">The sender's logical clock.</param>
/// <param name="Message">The message.</param>
public sealed record Frame(int Epoch, int From, int To, long Seq, long Ack, long Clock, PeerMessage Message)
{
    /// <summary>As a trace shows it.</summary>
    public override string ToString() => $"e{Epoch} {From}->{To} #{Seq} ack {Ack} @{Clock} {Message}";
}
