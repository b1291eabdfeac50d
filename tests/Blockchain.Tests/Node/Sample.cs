using System.Globalization;
using System.Text;
using Blockchain.Core.OpenNetwork;
using Blockchain.Wire.Keys;

namespace Blockchain.Tests.Node;

/// <summary>Messages of foreign clients.</summary>
internal static class Sample
{
    /// <summary>The sender of the printed sample.</summary>
    public const string Sender = "a57819938feb51bb3f923496c9dacde3e9f667b214a0fb1653b6bfc0f185363b";

    /// <summary>Its signature.</summary>
    public const string Signature =
        "142e395895e0bf4e4a3a7c3aabf2f59d80c517d24bb2d98a1a24384bc7cb29c9"
        + "d593ce3063c5dd4f12ae9393f3345174485c052d0f5e87c082f286fd60c7fd0c";

    /// <summary>The printed sample as JSON.</summary>
    public static string Json => Write(Sender, "hello", 0, Signature);

    /// <summary>The printed sample.</summary>
    public static Transaction.Message Message()
    {
        Transaction.Message.TryParseSender(Sender, out Ed25519Key key, out ulong upperCase).Should().BeTrue();
        Ed25519Signature.TryParse(Signature, out Ed25519Signature signature).Should().BeTrue();
        return new Transaction.Message(key, "hello", 0, signature, upperCase);
    }

    /// <summary>A seed by number.</summary>
    public static byte[] Seed(int number)
    {
        byte[] seed = new byte[Ed25519.SeedBytes];
        BitConverter.TryWriteBytes(seed, number);
        return seed;
    }

    /// <summary>A signed message as JSON.</summary>
    public static string Signed(byte[] seed, string text, long? nonce)
    {
        Ed25519Key key = Ed25519.Platform.DeriveKey(seed);
        Ed25519Signature signature = Ed25519.Platform.Sign(seed, PythonJson.Message(key.ToString(), text, nonce));
        return Write(key.ToString(), text, nonce, signature.ToString());
    }

    /// <summary>A request as Python prints it.</summary>
    public static string Write(string sender, string text, long? nonce, string signature)
    {
        string number = nonce is { } value
            ? string.Create(CultureInfo.InvariantCulture, $"\"nonce\": {value}, ")
            : string.Empty;
        return $"{{\"sender\": \"{sender}\", \"message\": \"{text}\", {number}\"signature\": \"{signature}\"}}";
    }

    /// <summary>A frame of the transaction port.</summary>
    public static byte[] Frame(string json) => Frame(Encoding.UTF8.GetBytes(json));

    /// <summary>A frame of the transaction port.</summary>
    public static byte[] Frame(byte[] body) => [(byte)(body.Length >> 8), (byte)body.Length, .. body];
}
