using System.Globalization;
using System.Text;

namespace Blockchain.Core.OpenNetwork;

/// <summary>
/// The bytes that the sender of a message signs: its JSON as Python's <c>json.dumps(..., sort_keys=True)</c> prints it,
/// because foreign clients sign that. Keys in order, ", " between members, ": " behind keys, everything beyond ASCII as
/// <c>\uXXXX</c> by UTF-16 unit.
/// </summary>
public static class PythonJson
{
    /// <summary>The object with message, nonce (when there is one) and sender.</summary>
    /// <param name="sender">The sender's key in hexadecimal, as the sender wrote it.</param>
    /// <param name="text">The message.</param>
    /// <param name="nonce">The nonce; null when the message has none.</param>
    public static byte[] Message(string sender, string text, long? nonce)
    {
        StringBuilder json = new();
        json.Append("{\"message\": ");
        AppendString(json, text);
        if (nonce is { } number)
        {
            json.Append(", \"nonce\": ").Append(number.ToString(CultureInfo.InvariantCulture));
        }

        json.Append(", \"sender\": ");
        AppendString(json, sender);
        return Encoding.ASCII.GetBytes(json.Append('}').ToString());
    }

    private static void AppendString(StringBuilder json, string text)
    {
        json.Append('"');
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => json.Append("\\\""),
                '\\' => json.Append("\\\\"),
                '\n' => json.Append("\\n"),
                '\r' => json.Append("\\r"),
                '\t' => json.Append("\\t"),
                '\f' => json.Append("\\f"),
                '\b' => json.Append("\\b"),
                < ' ' or > '~' and not '\x7f' => json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => json.Append(c),
            };
        }

        json.Append('"');
    }
}
