using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Simulator;

/// <summary>
/// A member that does not keep to the protocol. It runs the ordinary process and twists some of what comes out, and now
/// and then makes something up. It cannot sign for others; everything else is allowed.
/// </summary>
internal sealed class Liar(World world, ClientHost host)
{
    private const int Remembered = 64;
    private readonly List<Frame> _frames = [];
    private readonly List<ToBank.Apply> _requests = [];
    private readonly int _perMille = world.Random.Between(10, 200);

    private Prng Random => world.Random;

    /// <summary>What it does instead of an output of its process; null for nothing.</summary>
    public ClientOutput? Twist(ClientOutput output)
    {
        Remember(output);
        if (world.Plan.Over || !Random.PerMille(_perMille))
        {
            return output;
        }

        world.Coverage.Count(Happening.Lie);
        return output switch
        {
            ClientOutput.ToPeer toPeer => new ClientOutput.ToPeer(Twist(toPeer.Frame)),
            ClientOutput.ToBank { Message: ToBank.Apply apply } => new ClientOutput.ToBank(Twist(apply)),
            ClientOutput.ToBank { Message: ToBank.Hello hello } => new ClientOutput.ToBank(Twist(hello)),
            ClientOutput.ToBank { Message: ToBank.Heartbeat } =>
                new ClientOutput.ToBank(new ToBank.Heartbeat(Random.Between(0, 99), Random.Between(0, 9_999))),
            ClientOutput.ToBank { Message: ToBank.Relay relay } =>
                new ClientOutput.ToBank(new ToBank.Relay(Twist(relay.Frame))),
            _ => output,
        };
    }

    /// <summary>What it says to the bank when it joins. It can only join as itself: its key must be its own.</summary>
    public JoinRequest Twist(JoinRequest request)
    {
        if (world.Plan.Over || !Random.PerMille(300))
        {
            return request;
        }

        world.Coverage.Count(Happening.Lie);
        return Random.Between(0, 3) switch
        {
            0 => request with { Settled = request.Settled + Random.Between(1, 1_000) },
            1 => request with { Endpoint = Random.Pick(world.Clients).Endpoint },
            2 => request with { Checkpoint = Forged() },
            _ => request with { Incarnation = Near(request.Incarnation, 2) },
        };
    }

    /// <summary>Changes some bytes of what it sends.</summary>
    public void Garble(byte[] bytes)
    {
        if (world.Plan.Over || !Random.PerMille(_perMille / 2))
        {
            return;
        }

        world.Coverage.Count(Happening.Lie);
        for (int i = Random.Between(1, 3); i > 0; i--)
        {
            bytes[Random.Between(0, bytes.Length - 1)] ^= (byte)(1 << Random.Between(0, 7));
        }
    }

    /// <summary>Blocks as it hands them out.</summary>
    public IReadOnlyList<Block> Rewrite(IReadOnlyList<Block> blocks)
    {
        if (blocks.Count == 0 || world.Plan.Over || !Random.PerMille(500))
        {
            return blocks;
        }

        world.Coverage.Count(Happening.Lie);
        Block[] rewritten = [.. blocks];
        int place = Random.Between(0, blocks.Count - 1);
        if (rewritten[place] is Block.Payment payment)
        {
            Transfer richer = payment.Transfer with { Amount = new Money(payment.Transfer.Amount.Minor + 1) };
            rewritten[place] = new Block.Payment(
                payment.Epoch, payment.Key, richer, payment.Outcome, payment.Signature);
        }
        else
        {
            Array.Reverse(rewritten);
        }

        return rewritten;
    }

    /// <summary>Says something that nobody asked for.</summary>
    public void LieNow()
    {
        if (host.Process is null || host.Paused)
        {
            return;
        }

        world.Coverage.Count(Happening.Lie);
        if (_frames.Count > 0 && Random.PerMille(400))
        {
            host.Links.ToPeer(Random.Pick(_frames));
        }
        else if (_requests.Count > 0 && Random.PerMille(500))
        {
            host.Links.ToBank(Random.Pick(_requests));
        }
        else
        {
            OutOfTurn();
        }
    }

    /// <summary>Asks the bank without having asked the others, with a token that it made up.</summary>
    private void OutOfTurn()
    {
        ClientProcess client = host.Process!;
        if (client.View is not { } view || client.Ledger.Count == 0)
        {
            return;
        }

        Token token = new(Near(client.Clock, 5), Random.PerMille(900) ? host.Id : 1);
        Transfer[] transfers =
        [
            new(new TransferId(Random.Bits()), Random.PerMille(800) ? host.Id : 1, Random.Between(0, 9),
                new Money(Random.Between(0L, 500)), string.Empty, 0),
        ];
        Hash digest = SignedRequest.Digest(client.Ledger.LedgerId, view.Epoch, token, transfers);
        Signature signature = SimulatedSignatures.Sign(host.Key, digest);
        host.Links.ToBank(new ToBank.Apply(new SignedRequest(view.Epoch, token, transfers, signature)));
    }

    private void Remember(ClientOutput output)
    {
        Frame? frame = output switch
        {
            ClientOutput.ToPeer toPeer => toPeer.Frame,
            ClientOutput.ToBank { Message: ToBank.Relay relay } => relay.Frame,
            _ => null,
        };
        if (frame is not null && _frames.Count < Remembered)
        {
            _frames.Add(frame);
        }
        else if (output is ClientOutput.ToBank { Message: ToBank.Apply apply } && _requests.Count < Remembered)
        {
            _requests.Add(apply);
        }
    }

    private ToBank.Apply Twist(ToBank.Apply apply)
    {
        SignedRequest request = apply.Request;
        return Random.Between(0, 3) switch
        {
            0 => new ToBank.Apply(request with { Signature = default }),
            1 => new ToBank.Apply(request with { Epoch = Near(request.Epoch, 1) }),
            2 => new ToBank.Apply(request with { Token = new Token(request.Token.Clock + 1, request.Token.Client) }),
            _ => new ToBank.Apply(request with { Transfers = [.. request.Transfers, .. request.Transfers] }),
        };
    }

    private ToBank.Hello Twist(ToBank.Hello hello) => Random.Between(0, 3) switch
    {
        0 => hello with { Settled = hello.Settled + Random.Between(1, 1_000) },
        1 => hello with { Endpoint = Random.Pick(world.Clients).Endpoint },
        2 => hello with { Checkpoint = Forged() },
        _ => hello with { Incarnation = Near(hello.Incarnation, 2) },
    };

    private Checkpoint Forged() => new(Random.Between(0, 99), default, default);

    private Frame Twist(Frame frame) => Random.Between(0, 9) switch
    {
        0 => frame with { From = Random.Between(0, 9) },
        1 => frame with { To = Random.Between(0, 9) },
        2 => frame with { Epoch = Near(frame.Epoch, 3) },
        3 => frame with { Seq = Near(frame.Seq, 3) },
        4 => frame with { Ack = Near(frame.Ack, 300) },
        5 => frame with { Clock = Random.Between(0, 9) switch
        {
            0 => long.MaxValue,
            1 => frame.Clock + Limits.ClockAhead - Random.Between(0, 50),
            _ => Near(frame.Clock, 100),
        } },
        6 => frame with { Message = new PeerMessage.Reply(new Token(frame.Clock + 1_000, Random.Between(0, 9))) },
        7 => Random.Pick(_frames),
        8 => frame with { Message = new PeerMessage.Head(Forged()) },
        _ => frame with { Message = Twist(frame.Message) },
    };

    private PeerMessage Twist(PeerMessage message) => message switch
    {
        PeerMessage.Release { Applied: { } applied } release => release with
        {
            Applied = Random.Between(0, 3) switch
            {
                0 => applied with { FirstIndex = Near(applied.FirstIndex, 3) },
                1 => applied with { Head = default },
                2 => applied with { Signature = default },
                _ => applied with { Outcomes = [.. applied.Outcomes.Select(Flip)] },
            },
        },
        PeerMessage.Request request =>
            request with { Token = new Token(Near(request.Token.Clock, 9), Random.Between(0, 9)) },
        _ => new PeerMessage.Release(new Token(Random.Between(0, 99), Random.Between(0, 9)), null),
    };

    // Below 0 nothing can be sent at all: the reader of the other side refuses it.
    private long Near(long value, int distance) => Math.Max(0, value + Random.Between(-distance, distance));

    private int Near(int value, int distance) => (int)Near((long)value, distance);

    private static Outcome Flip(Outcome outcome) =>
        outcome == Outcome.Success ? Outcome.InsufficientFunds : Outcome.Success;
}
