using System.CommandLine;
using System.Globalization;
using System.Net;
using Blockchain.Cli.Options;
using Blockchain.Core.OpenNetwork;
using Blockchain.Node;

namespace Blockchain.Cli.Verbs;

/// <summary>The settings of <c>blockchain node</c>.</summary>
internal sealed class NodeSettings
{
    private const string DefaultNetwork = "main";

    private readonly Setting<string> _network = new(
        "--network", "Name of the network; every name is a network of its own.", "NAME", DefaultNetwork, Texts.Text);

    private readonly Setting<string> _name = new(
        "--name", "Name of this node's folder below the data folder, when several run here.", "NAME", "node",
        Texts.Name);

    private readonly Setting<string> _data = CommonSettings.Data();

    private readonly Setting<IPEndPoint> _listen = new(
        "--listen", "Address and port for HTTP and other nodes; port 0 takes a free one.", "ADDRESS",
        "127.0.0.1:8100", Texts.Endpoint);

    private readonly Setting<string> _advertise = new(
        "--advertise", "Host that other nodes are told, when it is not that of --listen.", "HOST", null, Texts.Host);

    private readonly Setting<int?> _tcp = new(
        "--tcp", "Port for clients that send signed messages over TCP; 0 takes a free one.", "PORT", null,
        static text => Texts.Port(text));

    private readonly Option<string[]> _trackers = new("--tracker")
    {
        Description = "Address of a tracker to join. May be given several times.",
        HelpName = "URL",
    };

    private readonly Option<string[]> _peers = new("--peer")
    {
        Description = "Address of a node to connect with. May be given several times.",
        HelpName = "URL",
    };

    private readonly Option<bool> _mine = new("--mine") { Description = "Look for blocks." };

    private readonly Setting<int> _threads = new(
        "--threads", "Threads that look for blocks.", "N", "1", Texts.Number(1, NodeLimits.MinerThreads));

    private readonly Setting<Address?> _reward = new(
        "--reward", "Address that is paid for the blocks found here.", "ADDRESS", null, ParseAddress);

    private readonly Setting<TimeSpan> _slow = new(
        "--slow", "Holds every block found here back this long, to show forks.", "DURATION", "0s", Texts.Duration);

    private readonly Setting<int?> _spacing = Number(
        "--spacing", "Seconds that a block is meant to take. Nodes with other numbers are on another network, here and "
        + "below.", "SECONDS", 1, 86_400);

    private readonly Setting<int?> _window = Number(
        "--window", "Blocks after which the difficulty is set anew; 0 for never.", "BLOCKS", 0, 1_000_000);

    private readonly Setting<CompactTarget?> _startBits = new(
        "--start-bits", "Target of the first blocks in its compact form, 8 hexadecimal digits; 207fffff is the "
        + "easiest.", "BITS", null, ParseBits);

    private readonly Setting<int?> _maturity = Number(
        "--maturity", "Blocks after which a reward may be spent.", "BLOCKS", 1, 1_000_000);

    private readonly Option<bool> _allowRemote = CommonSettings.AllowRemote();

    /// <summary>Commands on standard input.</summary>
    public Option<bool> Commands { get; } = new("--commands")
    {
        Description = "Take commands on standard input, a line each: 'cut' leaves all other nodes, 'join' comes back, "
            + "'quit' or the end stops the node.",
    };

    /// <summary>Output for programs.</summary>
    public Option<bool> Json { get; } = CommonSettings.Json();

    /// <summary>Stop when standard input ends.</summary>
    public Option<bool> WithParent { get; } = CommonSettings.WithParent();

    /// <summary>What is added to the command.</summary>
    public IReadOnlyList<Symbol> Symbols =>
    [
        _network.Option, _name.Option, _data.Option, _listen.Option, _advertise.Option, _tcp.Option, _trackers, _peers,
        _mine, _threads.Option, _reward.Option, _slow.Option, _spacing.Option, _window.Option, _startBits.Option,
        _maturity.Option, _allowRemote, Commands, Json, WithParent,
    ];

    /// <summary>How the node is to run.</summary>
    public NodeOptions Read(SettingsReader reader) => new()
    {
        Parameters = ReadParameters(reader),
        Folder = Path.Combine(
            DataFolders.Find(reader.Read(_data)).Root, "nodes", reader.Read(_name) ?? string.Empty),
        Listen = reader.Read(_listen)?.ToString() ?? string.Empty,
        Advertise = reader.Read(_advertise),
        TcpPort = reader.Read(_tcp),
        Trackers = ReadUrls(reader, _trackers),
        Peers = ReadUrls(reader, _peers),
        Mines = reader.Read(_mine),
        Threads = reader.Read(_threads),
        Reward = reader.Read(_reward),
        Slow = reader.Read(_slow),
        AllowRemote = reader.Read(_allowRemote),
    };

    private NetworkParameters ReadParameters(SettingsReader reader)
    {
        NetworkParameters standard = NetworkParameters.Open(reader.Read(_network) ?? string.Empty);
        int window = reader.Read(_window) ?? standard.RetargetWindow;
        CompactTarget start = reader.Read(_startBits) ?? standard.StartBits;

        // A network that begins easier than the standard one may also become so.
        bool isEasier = Target.FromCompact(start, out Target target) == CompactFault.None
            && target.CompareTo(standard.Limit) > 0;
        return standard with
        {
            SpacingSeconds = reader.Read(_spacing) ?? standard.SpacingSeconds,
            RetargetWindow = window == 0 ? standard.RetargetWindow : window,
            Retargets = window != 0,
            StartBits = start,
            LimitBits = isEasier ? start : standard.LimitBits,
            CoinbaseMaturity = reader.Read(_maturity) ?? standard.CoinbaseMaturity,
        };
    }

    private static List<Uri> ReadUrls(SettingsReader reader, Option<string[]> option)
    {
        List<Uri> urls = [];
        foreach (string text in reader.ReadAll(option))
        {
            try
            {
                urls.Add(Texts.Url(text));
            }
            catch (FormatException)
            {
                reader.Fault($"{option.Name} '{text}': an address is http://HOST:PORT, such as http://127.0.0.1:8100");
            }
        }

        return urls;
    }

    private static Setting<int?> Number(string name, string description, string value, int from, int to) =>
        new(name, description, value, null, text => Texts.Number(from, to)(text));

    private static Address? ParseAddress(string text)
    {
        AddressFault fault = Address.Parse(text, out Address address);
        return fault == AddressFault.None ? address : throw new FormatException(Address.Describe(fault));
    }

    private static CompactTarget? ParseBits(string text) => text.Length == 8
        && uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint bits)
            ? new CompactTarget(bits)
            : throw new FormatException("a compact target has 8 hexadecimal digits, such as 1e00ffff");
}
