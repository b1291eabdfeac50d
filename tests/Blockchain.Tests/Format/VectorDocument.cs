using System.Text;

namespace Blockchain.Tests.Format;

/// <summary>
/// The test vectors as they stand in FORMAT.md and FORMAT-OPEN.md: fenced blocks that start with
/// <c>```vector NAME</c> and hold one <c>field = value</c> a line; an indented line continues the value before.
/// </summary>
internal sealed class VectorDocument
{
    private const string Fence = "```";
    private const string Opening = Fence + "vector ";
    private const int ValueColumns = 96;

    private readonly List<string> _lines;

    private VectorDocument(IEnumerable<string> lines) => _lines = lines.ToList();

    public static string PathOfFormat => Repository.PathOf("src", "Blockchain.Core", "FORMAT.md");

    public static string PathOfOpenFormat => Repository.PathOf("src", "Blockchain.Core", "FORMAT-OPEN.md");

    public static VectorDocument Load() => Load(PathOfFormat);

    public static VectorDocument Load(string path) => new(File.ReadAllLines(path));

    /// <summary>All vectors by name, in the order of the document.</summary>
    public Dictionary<string, Dictionary<string, string>> Read()
    {
        Dictionary<string, Dictionary<string, string>> vectors = [];
        Dictionary<string, string>? current = null;
        string field = "";
        foreach (string line in _lines)
        {
            if (line.StartsWith(Opening, StringComparison.Ordinal))
            {
                current = [];
                vectors.Add(line[Opening.Length..], current);
            }
            else if (line == Fence)
            {
                current = null;
            }
            else if (current is not null && line.StartsWith("  ", StringComparison.Ordinal))
            {
                current[field] += line.Trim();
            }
            else if (current is not null)
            {
                string[] parts = line.Split(" =", 2);
                field = parts[0];
                current.Add(field, parts[1].Trim());
            }
        }

        return vectors;
    }

    /// <summary>Writes the document with these values in the place of the old ones.</summary>
    public static void Save(string path, IReadOnlyDictionary<string, Dictionary<string, string>> vectors)
    {
        StringBuilder text = new();
        bool inside = false;
        foreach (string line in Load(path)._lines)
        {
            if (!inside)
            {
                text.Append(line).Append('\n');
            }

            if (line.StartsWith(Opening, StringComparison.Ordinal))
            {
                inside = true;
                Append(text, vectors[line[Opening.Length..]]);
            }
            else if (inside && line == Fence)
            {
                inside = false;
                text.Append(line).Append('\n');
            }
        }

        File.WriteAllText(path, text.ToString());
    }

    private static void Append(StringBuilder text, Dictionary<string, string> fields)
    {
        foreach ((string field, string value) in fields)
        {
            text.Append(field).Append(" =");
            if (value.Length <= ValueColumns)
            {
                text.Append(' ').Append(value).Append('\n');
                continue;
            }

            text.Append('\n');
            foreach (char[] piece in value.Chunk(ValueColumns))
            {
                text.Append("  ").Append(piece).Append('\n');
            }
        }
    }
}
