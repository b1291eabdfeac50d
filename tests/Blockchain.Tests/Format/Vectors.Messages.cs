using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;
using Blockchain.Wire.Http;

namespace Blockchain.Tests.Format;

/// <content>One message of each kind, and what is signed to join, to leave and to open a link.</content>
internal sealed partial class Vectors
{
    private const string Endpoint = "http://127.0.0.1:8001";

    private void AddMessages()
    {
        Token token = Request.Token;
        Hash head = Ledger.Take(6).Aggregate(Hash.Empty, static (previous, block) => block.HashAfter(previous));
        Outcome[] outcomes = [Outcome.Success, Outcome.InsufficientFunds];
        Applied applied = new(4, outcomes, Request.Signature, head);
        Frame request = Sequenced(1, 0, 6, new PeerMessage.Request(token, Request.Transfers));
        Add("REQUEST", request);
        Add("REPLY", new Frame(2, 2, 1, 1, 1, 8, new PeerMessage.Reply(token)));
        Add("RELEASE", Sequenced(2, 1, 10, new PeerMessage.Release(token, applied)));
        Add("RELEASE without rows", Sequenced(2, 1, 10, new PeerMessage.Release(token, null)));
        Add("HEAD", Sequenced(0, 1, 11, new PeerMessage.Head(Checkpoint)));
        Add("ACK", new Frame(2, 2, 1, 0, 2, 12, PeerMessage.Ack.Instance));

        Add("HELLO", new ToBank.Hello(3, Endpoint, 7, Checkpoint));
        Add("HELLO without checkpoint", new ToBank.Hello(1, Endpoint, 0, null));
        Add("HEARTBEAT", new ToBank.Heartbeat(2, 7));
        Add("APPLY", new ToBank.Apply(Request));
        Add("RELAY", new ToBank.Relay(new Frame(2, 1, 2, 0, 1, 11, PeerMessage.Ack.Instance)));
        Add("LEAVE", new ToBank.Leave());
        Add("ANNOUNCE", new ToBank.Announce(Request.Digest(LedgerId), Request.Signature));

        ViewInfo view = new(2, 3, HashAt(3), 2, [new MemberInfo(1, Endpoint), new MemberInfo(2, "")]);
        Add("VIEW", new FromBank.NewView(view, "bob joined"));
        Add("RECEIPT", new FromBank.Receipt(token, token, 4, outcomes, head));
        Add("REFUSED", new FromBank.Refused(token, Refusal.Stale));
        Add("DURABLE", new FromBank.Durable(6, HashAt(6)));
        Add("SIGNED", new FromBank.Signed(Checkpoint));
        Add("RELAYED", new FromBank.Relayed(new Frame(2, 1, 2, 0, 1, 11, PeerMessage.Ack.Instance)));
    }

    private void AddProofs()
    {
        JoinRequest join = new("alice", _alice.Public, 3, Endpoint, 7, Checkpoint);
        CanonicalWriter writer = new();
        writer.Raw("blockchain/join/1"u8);
        writer.Text(join.Name);
        writer.Key(join.PublicKey);
        writer.U64(join.Incarnation);
        writer.Text(join.Endpoint);
        AddProof("join", writer, JoinProof.Digest(join), _alice);

        writer.Clear();
        writer.Raw("blockchain/leave/1"u8);
        writer.Hash(LedgerId);
        writer.U32(1);
        writer.U32(2);
        AddProof("leave", writer, LeaveProof.Digest(LedgerId, 1, 2), _alice);

        foreach ((string side, TestKey key)
            in (ReadOnlySpan<(string, TestKey)>)[("accept", _bank), ("connect", _alice)])
        {
            writer.Clear();
            writer.Raw(System.Text.Encoding.ASCII.GetBytes($"blockchain/link/{side}/1"));
            writer.Hash(LedgerId);
            writer.U32(Limits.Bank);
            writer.U32(1);
            writer.Hash(Hash.Of("nonce of the caller"u8));
            writer.Hash(Hash.Of("nonce of the called"u8));
            AddProof($"link {side}", writer, Hash.Of(writer.Written), key);
        }
    }

    private void AddProof(string name, CanonicalWriter signed, Hash digest, TestKey key) => All.Add(name, new()
    {
        ["signed bytes"] = Hex(signed.Written),
        ["digest"] = digest.ToString(),
        ["signature"] = SignatureOf(name, key, digest).ToString(),
        ["signed by"] = key.Name,
    });

    private static Frame Sequenced(long seq, long ack, long clock, PeerMessage message) =>
        new(2, 1, 2, seq, ack, clock, message);

    private Hash HashAt(int index) =>
        Ledger.Take(index + 1).Aggregate(Hash.Empty, static (previous, block) => block.HashAfter(previous));

    private void Add(string name, Frame frame)
    {
        byte[] bytes = MessageCodec.Encode(frame);
        AddMessage(name, bytes, MessageCodec.Encode(MessageCodec.DecodeFrame(bytes)));
    }

    private void Add(string name, ToBank message)
    {
        byte[] bytes = MessageCodec.Encode(message);
        AddMessage(name, bytes, MessageCodec.Encode(MessageCodec.DecodeToBank(bytes)));
    }

    private void Add(string name, FromBank message)
    {
        byte[] bytes = MessageCodec.Encode(message);
        AddMessage(name, bytes, MessageCodec.Encode(MessageCodec.DecodeFromBank(bytes)));
    }

    private void AddMessage(string name, byte[] bytes, byte[] again)
    {
        again.Should().Equal(bytes, "of {0}", name);
        All.Add($"message {name}", new() { ["bytes"] = Hex(bytes) });
    }
}
