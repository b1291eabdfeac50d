using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Simulator;

/// <summary>
/// In some worlds everything that is sent or stored goes through its bytes, as it does in the product; in the others
/// the objects themselves travel, which is faster. What a liar sends may have any byte changed on its way.
/// </summary>
internal sealed class Wire(World world)
{
    private readonly bool _asBytes = world.Random.PerMille(300);

    /// <summary>Turns bytes into a message.</summary>
    /// <typeparam name="T">Kind of message.</typeparam>
    /// <param name="bytes">The bytes.</param>
    public delegate T Decoder<out T>(ReadOnlySpan<byte> bytes);

    /// <summary>A frame on its way: called at the other end, gives what arrives there, null for what cannot be
    /// read.</summary>
    public Func<Frame?> Send(Frame frame, Liar? liar) =>
        Send(frame, MessageCodec.Encode, MessageCodec.DecodeFrame, liar);

    /// <summary>The same for a message to the bank.</summary>
    public Func<ToBank?> Send(ToBank message, Liar? liar) =>
        Send(message, MessageCodec.Encode, MessageCodec.DecodeToBank, liar);

    /// <summary>The same for a message from the bank, which is honest.</summary>
    public Func<FromBank?> Send(FromBank message) =>
        Send(message, MessageCodec.Encode, MessageCodec.DecodeFromBank, null);

    /// <summary>Blocks as they come out of a file or a call.</summary>
    public IReadOnlyList<Block> Copy(IReadOnlyList<Block> blocks) =>
        _asBytes ? [.. blocks.Select(block => Block.Decode(block.Canonical.Span))] : blocks;

    private Func<T?> Send<T>(T message, Func<T, byte[]> encode, Decoder<T> decode, Liar? liar)
        where T : class
    {
        if (!_asBytes)
        {
            return () => message;
        }

        byte[] bytes;
        try
        {
            bytes = encode(message);
        }
        catch (InvariantException) when (liar is not null)
        {
            // There are no bytes that say this.
            return () => null;
        }

        if (liar is not null)
        {
            liar.Garble(bytes);
            return () => Read(bytes, decode);
        }

        return () => decode(bytes);
    }

    private T? Read<T>(byte[] bytes, Decoder<T> decode)
        where T : class
    {
        try
        {
            return decode(bytes);
        }
        catch (FormatFaultException)
        {
            world.Coverage.Count(Happening.UnreadableMessage);
            return null;
        }
    }
}
