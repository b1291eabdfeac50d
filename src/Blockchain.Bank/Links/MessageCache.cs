using Blockchain.Core.BankNetwork;

namespace Blockchain.Bank.Links;

/// <summary>Encodes what goes to many clients once. Used on the loop only.</summary>
internal sealed class MessageCache
{
    private FromBank? _message;
    private byte[] _bytes = [];

    /// <summary>The bytes of a message.</summary>
    public ReadOnlyMemory<byte> Encode(FromBank message)
    {
        if (!ReferenceEquals(_message, message))
        {
            _bytes = MessageCodec.Encode(message);
            _message = message;
        }

        return _bytes;
    }
}
