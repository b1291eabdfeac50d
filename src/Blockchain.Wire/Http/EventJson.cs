using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Blockchain.Wire.Http;

/// <summary>What an event of a stream says, as a JSON object of texts, whole numbers and lists of either.</summary>
public static class EventJson
{
    /// <summary>The object; a field without a value is left out.</summary>
    /// <param name="fields">Names and values, in the order in which they are shown.</param>
    public static string Write(params ReadOnlySpan<(string Name, object? Value)> fields)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            foreach ((string name, object? value) in fields)
            {
                if (value is not null)
                {
                    writer.WritePropertyName(name);
                    WriteValue(writer, value);
                }
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void WriteValue(Utf8JsonWriter writer, object value)
    {
        switch (value)
        {
            case string text:
                writer.WriteStringValue(text);
                break;
            case System.Collections.IEnumerable list:
                writer.WriteStartArray();
                foreach (object item in list)
                {
                    WriteValue(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
