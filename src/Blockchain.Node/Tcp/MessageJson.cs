using System.Text.Json;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Node.Tcp;

/// <summary>Why the JSON of a request is no message. The names are those of the log and the counters.</summary>
public enum MessageFault
{
    /// <summary>It is one; whether the network takes it is another question.</summary>
    None,

    /// <summary>It is no JSON in UTF-8, or is nested too deep.</summary>
    NotJson,

    /// <summary>It is JSON, but no object.</summary>
    NotAnObject,

    /// <summary>A name stands in the object twice, so that readers would differ in what it says.</summary>
    RepeatedMember,

    /// <summary>The sender is not 64 hexadecimal digits.</summary>
    InvalidSender,

    /// <summary>The message is no text, or has half a surrogate pair.</summary>
    InvalidMessage,

    /// <summary>The nonce is no whole number from 0 to 2^63 - 1.</summary>
    InvalidNonce,

    /// <summary>The signature is not 128 hexadecimal digits.</summary>
    InvalidSignature,
}

/// <summary>
/// Reads a request of the transaction port: <c>{"sender", "message", "nonce", "signature"}</c>, the nonce if there is
/// one. Members of other names mean nothing and are passed over, as the clients' own code does.
/// </summary>
public static class MessageJson
{
    /// <summary>Reads one request.</summary>
    /// <param name="json">The bytes of the frame.</param>
    /// <param name="message">The message, when the result is <see cref="MessageFault.None"/>.</param>
    public static MessageFault Read(ReadOnlySpan<byte> json, out Transaction.Message? message)
    {
        message = null;
        Fields fields = new();
        try
        {
            MessageFault fault = ReadFields(json, fields);
            return fault == MessageFault.None ? fields.ToMessage(out message) : fault;
        }
        catch (JsonException)
        {
            return MessageFault.NotJson;
        }
        catch (InvalidOperationException)
        {
            // A text that no UTF-8 can say: half a surrogate pair. Only texts of members are read.
            return MessageFault.InvalidMessage;
        }
    }

    private static MessageFault ReadFields(ReadOnlySpan<byte> json, Fields fields)
    {
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = NodeLimits.JsonDepth });
        reader.Read();
        bool isObject = reader.TokenType == JsonTokenType.StartObject;
        HashSet<string> names = new(StringComparer.Ordinal);
        MessageFault fault = MessageFault.None;
        while (isObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (fault == MessageFault.None)
            {
                fault = names.Add(name) ? fields.Take(name, ref reader) : MessageFault.RepeatedMember;
            }

            reader.Skip();
        }

        if (!isObject)
        {
            reader.Skip();
        }

        // Nothing but white space may follow; the reader throws at anything else.
        reader.Read();
        return isObject ? fault : MessageFault.NotAnObject;
    }

    private sealed class Fields
    {
        private string? _sender;
        private string? _text;
        private string? _signature;
        private long? _nonce;

        public MessageFault Take(string name, ref Utf8JsonReader reader)
        {
            bool isText = reader.TokenType == JsonTokenType.String;
            switch (name)
            {
                case "sender":
                    _sender = isText ? reader.GetString() : null;
                    return MessageFault.None;
                case "message":
                    _text = isText ? reader.GetString() : null;
                    return MessageFault.None;
                case "signature":
                    _signature = isText ? reader.GetString() : null;
                    return MessageFault.None;
                case "nonce":
                    if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long nonce) || nonce < 0)
                    {
                        return MessageFault.InvalidNonce;
                    }

                    _nonce = nonce;
                    return MessageFault.None;
                default:
                    return MessageFault.None;
            }
        }

        public MessageFault ToMessage(out Transaction.Message? message)
        {
            message = null;
            if (!Transaction.Message.TryParseSender(_sender, out Ed25519Key sender, out ulong upperCase))
            {
                return MessageFault.InvalidSender;
            }

            if (_text is null)
            {
                return MessageFault.InvalidMessage;
            }

            if (!Ed25519Signature.TryParse(_signature, out Ed25519Signature signature))
            {
                return MessageFault.InvalidSignature;
            }

            message = new Transaction.Message(sender, _text, _nonce, signature, upperCase);
            return MessageFault.None;
        }
    }
}
