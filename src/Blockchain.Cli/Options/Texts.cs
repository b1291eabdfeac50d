using System.Globalization;
using System.Net;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.Kernel;

namespace Blockchain.Cli.Options;

/// <summary>Readers for the values of settings. Each says what is wrong and names what would do.</summary>
public static class Texts
{
    private const int HighestPort = 65_535;

    /// <summary>"127.0.0.1:8000", "localhost:0", "[::1]:8000" or ":8000".</summary>
    public static IPEndPoint Endpoint(string text)
    {
        int colon = text.LastIndexOf(':');
        if (colon < 0 || !TryPort(text[(colon + 1)..], out int port))
        {
            throw new FormatException(
                "an address is HOST:PORT with a port from 0 to 65535, for example 127.0.0.1:8000");
        }

        string host = text[..colon];
        if (host is "" or "localhost")
        {
            return new IPEndPoint(IPAddress.Loopback, port);
        }

        return IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address)
            ? new IPEndPoint(address, port)
            : throw new FormatException("the host to listen on is an IP address or localhost");
    }

    /// <summary>A host name or an IP address, without a port.</summary>
    public static string Host(string text) => Uri.CheckHostName(text) != UriHostNameType.Unknown
        ? text
        : throw new FormatException("it is a host name or an IP address, without a port");

    /// <summary>A port.</summary>
    public static int Port(string text) => TryPort(text, out int port)
        ? port
        : throw new FormatException("a port is a number from 0 to 65535");

    /// <summary>"http://127.0.0.1:8000"; the scheme may be left out.</summary>
    public static Uri Url(string text)
    {
        string full = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";
        return Uri.TryCreate(full, UriKind.Absolute, out Uri? url)
            && url.Scheme is "http" or "https"
            && url.PathAndQuery == "/"
            ? url
            : throw new FormatException("an address of a bank is http://HOST:PORT, for example http://127.0.0.1:8000");
    }

    /// <summary>"500ms", "2s", "1.5s", "3m" or a plain number of seconds; not negative, at most a day.</summary>
    public static TimeSpan Duration(string text)
    {
        const string Rule = "a duration is a number of seconds, or with ms, s or m: 500ms, 2s, 1.5s; at most a day";
        (string number, double unit) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.OrdinalIgnoreCase) => (text[..^2], 1),
            _ when text.EndsWith('s') || text.EndsWith('S') => (text[..^1], 1_000),
            _ when text.EndsWith('m') || text.EndsWith('M') => (text[..^1], 60_000),
            _ => (text, 1_000.0),
        };
        bool read = double.TryParse(
            number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value);
        double milliseconds = value * unit;
        // .NET reads "-Infinity" as a number, whatever signs are allowed.
        return read && milliseconds is >= 0 and <= TimeSpan.MillisecondsPerDay
            ? TimeSpan.FromMilliseconds(milliseconds)
            : throw new FormatException(Rule);
    }

    /// <summary>A duration above zero.</summary>
    public static TimeSpan PositiveDuration(string text) => Duration(text) is var duration && duration > TimeSpan.Zero
        ? duration
        : throw new FormatException("the duration must be above 0");

    /// <summary>An amount of money; 0 is one here.</summary>
    public static Money Deposit(string text)
    {
        AmountFault fault = Money.Parse(text, out Money amount);
        bool isZero = fault == AmountFault.NotPositive && !text.TrimStart().StartsWith('-');
        return fault == AmountFault.None || isZero ? amount : throw new FormatException(Money.Describe(fault));
    }

    /// <summary>A name of a client.</summary>
    public static string Name(string text) => ClientName.IsValid(text)
        ? text
        : throw new FormatException(ClientName.Rule);

    /// <summary>A whole number within limits.</summary>
    public static Func<string, int> Number(int from, int to) => text =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            && value >= from && value <= to
            ? value
            : throw new FormatException($"it is a whole number from {from} to {to}");

    /// <summary>Any text that is not empty.</summary>
    public static string Text(string text) => text.Length > 0 ? text : throw new FormatException("it is empty");

    /// <summary>A file or folder, which need not exist.</summary>
    /// <exception cref="FormatException">No file system takes such a name.</exception>
    public static string Path(string text) => Text(text).Contains('\0', StringComparison.Ordinal)
        ? throw new FormatException("a path has no character 0")
        : text;

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= HighestPort;
}
