using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Blockchain.Cli.Hosting;
using Blockchain.Core.BankNetwork;
using Blockchain.Wire.Hosting;
using Blockchain.Wire.Http;

namespace Blockchain.Cli.Demo;

/// <summary>What the demonstration runs with.</summary>
/// <param name="Data">Data folder of all processes.</param>
/// <param name="Clients">How many clients.</param>
/// <param name="Deposit">What each starts with.</param>
/// <param name="Delay">How long clients hold each other's messages.</param>
/// <param name="Port">The bank's port.</param>
/// <param name="IsPortGiven">Whether it must be that port.</param>
internal sealed record DemoOptions(
    string Data, int Clients, Money Deposit, TimeSpan Delay, int Port, bool IsPortGiven);

/// <summary>A bank and its clients, each a process of its own.</summary>
internal sealed class DemoNetwork : IAsyncDisposable
{
    private const int PortsTried = 100;
    private const int DelaysPerAnswer = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    private readonly List<DemoClient> _clients = [];
    private readonly DemoOptions _options;
    private readonly TimeSpan _patience;
    private ChildProcess? _bank;

    private DemoNetwork(DemoOptions options)
    {
        _options = options;
        _patience = Patience + (options.Delay * DelaysPerAnswer);
    }

    /// <summary>Where the bank listens.</summary>
    public Uri Bank { get; private set; } = new("http://127.0.0.1");

    /// <summary>The clients, by number.</summary>
    public IReadOnlyList<DemoClient> Clients => _clients;

    /// <summary>Starts everything and waits until all clients are members of one view.</summary>
    /// <param name="options">What to start.</param>
    /// <param name="tell">Takes what happens, for the user.</param>
    /// <param name="cancellation">Ends the start; what was started ends as well.</param>
    public static async Task<DemoNetwork> StartAsync(
        DemoOptions options, Action<string> tell, CancellationToken cancellation)
    {
        DemoNetwork network = new(options);
        try
        {
            await network.StartBankAsync(tell, cancellation);
            for (int i = 1; i <= options.Clients; i++)
            {
                // One after another, so that numbers and names go together.
                await network.StartClientAsync($"client-{i}", cancellation);
            }

            await network.MeetAsync(cancellation);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the process of one client, which leaves the view.</summary>
    public async Task StopAsync(DemoClient client)
    {
        _clients.Remove(client);
        await client.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_clients.Select(client => client.DisposeAsync().AsTask()));
        _clients.Clear();
        if (_bank is not null)
        {
            await _bank.DisposeAsync();
            _bank = null;
        }
    }

    private static bool IsFree(int port)
    {
        using TcpListener listener = new(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool IsPortTaken(CliException fault) =>
        fault.Message.Contains(ListenFaultException.InUse, StringComparison.Ordinal);

    private async Task StartBankAsync(Action<string> tell, CancellationToken cancellation)
    {
        int port = _options.Port;
        if (_options.IsPortGiven && !IsFree(port))
        {
            throw new CliException(
                ExitCode.Failed,
                $"port {port} is in use by another process. Choose another with --port, or none for a free one.");
        }

        bool isChoosing = !_options.IsPortGiven && port != 0;
        for (int tried = 1; ; tried++)
        {
            if (isChoosing)
            {
                int first = port;
                int left = Math.Max(0, _options.Port + PortsTried - first);
                port = Enumerable.Range(first, left).Where(IsFree).FirstOrDefault();
                isChoosing = port != 0;
                if (port != first)
                {
                    tell($"Port {first} is in use, so the bank takes {(port == 0 ? "any free one" : port)}.");
                }
            }

            try
            {
                await LaunchBankAsync(port, cancellation);
                return;
            }
            catch (CliException fault) when (isChoosing && tried < PortsTried && IsPortTaken(fault))
            {
                // Another process took the port between the look at it and the bank's start.
                await _bank!.DisposeAsync();
                _bank = null;
                tell($"Port {port} was taken by another process just now, so the bank tries the next one.");
                port++;
            }
        }
    }

    private async Task LaunchBankAsync(int port, CancellationToken cancellation)
    {
        _bank = ChildProcess.Start(
            "the bank", "bank", "--with-parent", "--json", "--data", _options.Data,
            "--listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"),
            "--deposit", _options.Deposit.ToString());
        string line = await _bank.ReadAsync(_patience, cancellation);
        using JsonDocument announced = JsonDocument.Parse(line);
        Bank = new Uri(announced.RootElement.GetProperty("address").GetString()!);
    }

    private async Task StartClientAsync(string name, CancellationToken cancellation)
    {
        ChildProcess process = ChildProcess.Start(
            name, "client", "--json", "--keep-going", "--with-parent", "--name", name, "--data", _options.Data,
            "--bank", Bank.GetLeftPart(UriPartial.Authority),
            "--delay", string.Create(CultureInfo.InvariantCulture, $"{_options.Delay.TotalMilliseconds:0}ms"));
        DemoClient client = new(process, name, _patience);
        _clients.Add(client);
        await client.JoinAsync(cancellation);
    }

    private async Task MeetAsync(CancellationToken cancellation)
    {
        foreach (DemoClient client in _clients)
        {
            int members = 0;
            while (members < _options.Clients)
            {
                ClockAnswer clock = await client.AskAsync("clock", WireJson.Default.ClockAnswer, cancellation);
                members = clock.Phase == nameof(ClientPhase.Member) ? clock.Members.Length : 0;
                await Task.Delay(members < _options.Clients ? LookAgain : TimeSpan.Zero, cancellation);
            }
        }
    }
}
