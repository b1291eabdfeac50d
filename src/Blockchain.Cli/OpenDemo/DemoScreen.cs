using System.Globalization;
using Blockchain.Cli.Watch;
using Blockchain.Wire.Terminal;

namespace Blockchain.Cli.OpenDemo;

/// <summary>Takes lines from all that run at once, a whole one at a time.</summary>
/// <param name="output">Where they go.</param>
/// <param name="time">The clock.</param>
internal sealed class DemoScreen(TextWriter output, TimeProvider time)
{
    private const int HashWidth = 16;
    private readonly Lock _gate = new();

    /// <summary>A line as it is.</summary>
    public void Tell(string line)
    {
        lock (_gate)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }

    /// <summary>A part of the story: what it is about, and the names of the columns.</summary>
    public void Begin(string what)
    {
        Tell(string.Empty);
        Tell(what);
        Tell(Row("time", "at", "event", "height", "hash", "what"));
    }

    /// <summary>Something that happened now.</summary>
    /// <param name="at">Where.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="height">Height of the block; null for none.</param>
    /// <param name="hash">Of the block or the transaction.</param>
    /// <param name="what">More of it.</param>
    public void Happened(string at, string name, int? height, string hash, string what) => Tell(Row(
        time.GetLocalNow().ToString("HH:mm:ss", CultureInfo.InvariantCulture),
        at,
        name,
        height?.ToString(CultureInfo.InvariantCulture) ?? string.Empty,
        WatchText.Short(hash),
        what));

    private static string Row(string time, string at, string name, string height, string hash, string what) =>
        PlainText.Of($"{time,-8}  {at,-6}  {name,-14}  {height,6}  {hash,-HashWidth}  {what}").TrimEnd();
}
