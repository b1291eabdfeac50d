using System.Globalization;
using System.Net;
using System.Text.Json;
using Blockchain.Core.BankNetwork;
using Blockchain.IntegrationTests.Support;
using Blockchain.Wire.Http;

namespace Blockchain.IntegrationTests.Faults;

/// <summary>
/// One client of a <see cref="FaultNetwork"/>, over all its lives: it is driven through a pipe, and what it
/// acknowledges is kept when it is killed.
/// </summary>
public sealed class Member : IAsyncDisposable
{
    private const int MostMinor = 300;
    private readonly FaultNetwork _network;
    private readonly Random _random;
    private readonly Lock _gate = new();
    private readonly List<Acknowledged> _acknowledged = [];
    private readonly List<string> _problems = [];
    private readonly List<JsonElement> _answers = [];
    private readonly CutProxy? _peerProxy;
    private Life? _life;
    private Task _reading = Task.CompletedTask;
    private bool _isKilled;
    private int _asked;

    /// <summary>Prepares a client; it does not run yet.</summary>
    /// <param name="network">Where it belongs.</param>
    /// <param name="name">Its name.</param>
    /// <param name="seed">Of its transfers and of its proxies' delays.</param>
    /// <param name="proxied">Whether proxies stand before the bank and, on Linux, before this client.</param>
    public Member(FaultNetwork network, string name, int seed, bool proxied)
    {
        _network = network;
        _random = new Random(seed);
        Name = name;
        Port = Ports.Free();
        if (proxied)
        {
            BankProxy = new CutProxy(new IPEndPoint(IPAddress.Loopback, 0), Local(network.BankPort), seed);
        }

        if (proxied && OperatingSystem.IsLinux())
        {
            // Every address of 127.0.0.0/8 is this machine: the same port twice, and the others are told the proxy's.
            _peerProxy = new CutProxy(new IPEndPoint(PeerAddress, Port), Local(Port), seed);
        }
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its account, known when it has joined.</summary>
    public int Id { get; private set; }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>Where its HTTP routes are.</summary>
    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>Between it and the bank.</summary>
    public CutProxy? BankProxy { get; }

    /// <summary>Between it and the members that dial it.</summary>
    public CutProxy? PeerProxy => _peerProxy;

    /// <summary>Its data folder.</summary>
    public string Folder { get; private set; } = string.Empty;

    /// <summary>How long it holds every message of another client.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Its process in this life.</summary>
    public ProcessRunner Process => Present.Runner;

    private Life Present => _life ?? throw new InvalidOperationException($"{Name} was not started.");

    /// <summary>Outcomes that it has told, in all lives.</summary>
    public IReadOnlyList<Acknowledged> Acknowledged
    {
        get
        {
            lock (_gate)
            {
                return [.. _acknowledged];
            }
        }
    }

    /// <summary>Number of outcomes told so far.</summary>
    public int AcknowledgedCount
    {
        get
        {
            lock (_gate)
            {
                return _acknowledged.Count;
            }
        }
    }

    /// <summary>Number of transfers that it was asked for, in all lives.</summary>
    public int AskedCount => Volatile.Read(ref _asked);

    /// <summary>Errors that it has told, in all lives.</summary>
    public IReadOnlyList<string> Problems
    {
        get
        {
            lock (_gate)
            {
                return [.. _problems];
            }
        }
    }

    /// <summary>Whether it has ended by itself or has told an error, so that waiting for it is in vain.</summary>
    public bool HasFailed => (Process.HasExited && !_isKilled) || Problems.Count > 0;

    private static IPAddress PeerAddress { get; } = IPAddress.Parse("127.0.0.2");

    private string History => _network.Data.Sub($"{Name}.history");

    /// <summary>Starts the client, anew or again under its name.</summary>
    /// <param name="prefix">A program that runs it, with its options; none for none.</param>
    public void Start(params string[] prefix) => StartOn(_network.Data.Path, prefix);

    /// <summary>The same with its own data folder.</summary>
    public void StartOn(string data, params string[] prefix)
    {
        Folder = Path.Combine(data, "clients", Name);
        int port = BankProxy?.EndPoint.Port ?? _network.BankPort;
        string[] arguments =
        [
            .. prefix, "dotnet", ProcessRunner.Executable,
            "client", "--name", Name, "--bank", $"http://127.0.0.1:{port}", "--listen", $"127.0.0.1:{Port}", "--data",
            data,
            "--json", "--keep-going", "--history", History,
        ];
        if (Delay > TimeSpan.Zero)
        {
            arguments = [.. arguments, "--delay", $"{(int)Delay.TotalMilliseconds}ms"];
        }

        if (_peerProxy is not null)
        {
            arguments = [.. arguments, "--advertise", PeerAddress.ToString()];
        }

        ProcessRunner runner = ProcessRunner.StartFile(
            arguments[0], _network.Data, new Dictionary<string, string>(), arguments[1..]);
        _isKilled = false;
        _life = new Life(runner, new SemaphoreSlim(0));
        _reading = ReadAsync(_life);
    }

    /// <summary>Waits until the bank counts it as a member, and it knows: as long as it does not, the view that the
    /// bank has is that of an earlier life, and another one is to come.</summary>
    public Task WaitForMembershipAsync() => Conditions.UntilAsync(
        async () =>
        {
            if (Process.HasExited)
            {
                throw new InvalidOperationException(Describe());
            }

            AccountDto? account = (await _network.Bank.GetAccountsAsync(CancellationToken.None))
                .FirstOrDefault(account => account.Name == Name);
            Id = account?.Id ?? 0;
            return Id > 0 && await _network.IsMemberAsync(Id) && await KnowsThatItIsMemberAsync();
        },
        $"{Name} is a member; {_network.Because}",
        FaultNetwork.Patience);

    private async Task<bool> KnowsThatItIsMemberAsync()
    {
        using ClientApi client = ClientApi.At(Address);
        return (await client.GetClockAsync(CancellationToken.None)).Phase == nameof(ClientPhase.Member);
    }

    /// <summary>Asks for a transfer.</summary>
    public Task SendTransferAsync(int to, decimal amount)
    {
        Interlocked.Increment(ref _asked);
        return Process.SendLineAsync(string.Create(CultureInfo.InvariantCulture, $"transfer {to} {amount:0.00}"));
    }

    /// <summary>Asks for transfers to the others, drawn from the seed.</summary>
    public async Task SendRandomTransfersAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            int to = _random.Next(1, _network.Members.Count);
            await SendTransferAsync(to >= Id ? to + 1 : to, _random.Next(1, MostMinor + 1) / 100m);
        }
    }

    /// <summary>Keeps some random transfers waiting in the pipe until this life ends or the token says stop; then waits
    /// for what was asked.</summary>
    public async Task LoadAsync(int ahead, CancellationToken stop)
    {
        (ProcessRunner runner, SemaphoreSlim answers) = Present;
        int open = 0;
        while (!stop.IsCancellationRequested && !runner.HasExited)
        {
            while (open < ahead)
            {
                await SendRandomTransfersAsync(1);
                open++;
            }

            // A process that has ended says so here, too: its reader lets go.
            await answers.WaitAsync(CancellationToken.None);
            open--;
        }

        while (open > 0 && !runner.HasExited)
        {
            await answers.WaitAsync(CancellationToken.None);
            open--;
        }
    }

    /// <summary>Waits until so many outcomes were told.</summary>
    public Task WaitForAcknowledgedAsync(int count) => _network.WatchAsync(Conditions.UntilAsync(
        () => AcknowledgedCount >= count ? true : HasFailed ? throw new InvalidOperationException(Describe()) : false,
        $"{Name} has told {count} outcomes; {_network.Because}",
        FaultNetwork.Patience));

    /// <summary>Where it stands, asked over HTTP.</summary>
    public async Task<string> DescribeStateAsync()
    {
        using ClientApi client = ClientApi.At(Address);
        ClockDto clock = await client.GetClockAsync(CancellationToken.None);
        QueueDto queue = await client.GetQueueAsync(CancellationToken.None);
        LedgerPageDto page = await client.GetChainAsync(0, 0, CancellationToken.None);
        return $"{Name}: account {Id}, {clock.Phase} @{clock.Clock}, epoch {queue.Epoch}, {page.Count} blocks, "
            + $"{AcknowledgedCount} outcomes, queue {string.Join(' ', queue.Entries.AsEnumerable())}";
    }

    /// <summary>Transfers accepted and not settled.</summary>
    public async Task<int> CountPendingAsync()
    {
        int before;
        lock (_gate)
        {
            before = _answers.Count;
        }

        await Process.SendLineAsync("clock");
        await Conditions.UntilAsync(() => Count() > before, $"{Name} tells its clock; {_network.Because}",
            FaultNetwork.Patience);
        lock (_gate)
        {
            return _answers[before].GetProperty("pending").GetInt32();
        }

        int Count()
        {
            lock (_gate)
            {
                return _answers.Count;
            }
        }
    }

    /// <summary>What failures say about it.</summary>
    public string Describe() =>
        $"{Name} (account {Id}), {(Process.HasExited ? "ended" : "running")}; {_network.Because}\n"
        + $"{string.Join('\n', Problems)}\n{Process.Errors.Text}";

    /// <summary>SIGKILL, and everything that it had told before.</summary>
    public async Task KillAsync()
    {
        _isKilled = true;
        Process.Kill();
        await Process.WaitForExitAsync();
        await _reading;
    }

    /// <summary>Waits for an end that the test has caused; what it could not do then is no problem.</summary>
    public async Task<RunResult> WaitForEndAsync()
    {
        RunResult result = await Process.WaitForExitAsync(FaultNetwork.Patience);
        await _reading;
        lock (_gate)
        {
            _isKilled = true;
            _problems.Clear();
        }

        return result;
    }

    /// <summary>Ends its input, so that it leaves, and waits for its end.</summary>
    public async Task<RunResult> LeaveAsync()
    {
        Process.CloseInput();
        RunResult result = await Process.WaitForExitAsync(FaultNetwork.Patience);
        await _reading;
        return result;
    }

    /// <summary>The outcomes in its history file: the last line of each transfer.</summary>
    public async Task<IReadOnlyDictionary<string, long?>> ReadHistoryAsync()
    {
        Dictionary<string, long?> outcomes = [];
        foreach (string line in await File.ReadAllLinesAsync(History))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            if (document.RootElement.GetProperty("op").GetString() == "transfer")
            {
                JsonElement index = document.RootElement.GetProperty("index");
                outcomes[document.RootElement.GetProperty("args").GetProperty("txid").GetString()!] =
                    index.ValueKind == JsonValueKind.Null ? null : index.GetInt64();
            }
        }

        return outcomes;
    }

    public async ValueTask DisposeAsync()
    {
        if (_life is not null)
        {
            await _life.Runner.DisposeAsync();
        }

        if (BankProxy is not null)
        {
            await BankProxy.DisposeAsync();
        }

        if (_peerProxy is not null)
        {
            await _peerProxy.DisposeAsync();
        }
    }

    private static IPEndPoint Local(int port) => new(IPAddress.Loopback, port);

    private async Task ReadAsync(Life life)
    {
        while (await life.Runner.Output.NextAsync(_ => true, CancellationToken.None) is { } line)
        {
            Take(line);
            life.Answers.Release();
        }

        // Whoever waits for an answer of this life waits in vain.
        life.Answers.Release(1_000);
    }

    private void Take(string line)
    {
        lock (_gate)
        {
            JsonElement answer;
            try
            {
                using JsonDocument document = JsonDocument.Parse(line);
                answer = document.RootElement.Clone();
            }
            catch (JsonException) when (_isKilled)
            {
                // The line that it was killed in: nobody was told.
                return;
            }

            if (Faults.Acknowledged.Parse(line) is { } acknowledged)
            {
                _acknowledged.Add(acknowledged);
            }
            else if (answer.TryGetProperty("pending", out _))
            {
                _answers.Add(answer);
            }
            else
            {
                _problems.Add(line);
            }
        }
    }

    private sealed record Life(ProcessRunner Runner, SemaphoreSlim Answers);
}
