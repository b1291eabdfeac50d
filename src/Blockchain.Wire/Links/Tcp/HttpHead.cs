using System.Buffers;
using System.Text;

namespace Blockchain.Wire.Links.Tcp;

/// <summary>The lines of an HTTP message before its body (RFC 9112, section 2.1), in the plainest form only.</summary>
internal sealed class HttpHead
{
    private const string LineEnd = "\r\n";

    // RFC 9110, section 5.6.2.
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private readonly List<(string Name, string Value)> _fields = [];

    private HttpHead(string start) => Start = start;

    /// <summary>The first line.</summary>
    public string Start { get; }

    /// <summary>Reads a head.</summary>
    /// <param name="bytes">Up to and with the blank line.</param>
    /// <returns>Null when it is anything but lines of printable ASCII, with a name and a colon in each but the
    /// first.</returns>
    public static HttpHead? TryParse(ReadOnlySpan<byte> bytes)
    {
        string[] lines = Encoding.Latin1.GetString(bytes).Split(LineEnd);
        if (lines is not [var start, .. string[] fields, "", ""] || !IsPlain(start))
        {
            return null;
        }

        HttpHead head = new(start);
        foreach (string field in fields)
        {
            int colon = field.IndexOf(':');
            if (colon <= 0 || field.AsSpan(0, colon).ContainsAnyExcept(NameCharacters) || !IsPlain(field))
            {
                return null;
            }

            head._fields.Add((field[..colon], field[(colon + 1)..].Trim(' ', '\t')));
        }

        return head;
    }

    /// <summary>Whether there is a field of this name.</summary>
    public bool Has(string name) => _fields.Exists(field => IsNamed(field.Name, name));

    /// <summary>The value of the only field of this name; null when there is none, or more than one.</summary>
    public string? Single(string name) =>
        _fields.FindAll(field => IsNamed(field.Name, name)) is [var (_, value)] ? value : null;

    /// <summary>Whether the only field of this name is a list that has this word in it.</summary>
    public bool Lists(string name, string word) => Single(name) is { } list
        && list.Split(',', StringSplitOptions.TrimEntries).Contains(word, StringComparer.OrdinalIgnoreCase);

    private static bool IsNamed(string name, string wanted) => name.Equals(wanted, StringComparison.OrdinalIgnoreCase);

    private static bool IsPlain(string line) => !line.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
