using System.Globalization;
using System.Text;
using Blockchain.Cli.Ledgers;
using Blockchain.Cli.Options;
using Blockchain.IntegrationTests.Support;
using Blockchain.Wire.Http;

namespace Blockchain.IntegrationTests.Faults;

/// <summary>A bank and clients as real processes on one data folder, everything drawn from one seed.</summary>
public sealed class FaultNetwork : IAsyncDisposable
{
    /// <summary>For everything that ends by itself on a machine that does other things, too.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private const int LogLines = 40;
    private readonly List<Member> _members = [];
    private readonly TimeSpan _lease;
    private readonly string _bankData;
    private ProcessRunner? _bankProcess;

    /// <summary>Prepares a network; nothing runs yet.</summary>
    /// <param name="seed">Of everything random.</param>
    /// <param name="lease">Lease of the bank.</param>
    /// <param name="bankData">Data folder of the bank; null for the common one.</param>
    public FaultNetwork(int seed, TimeSpan lease, string? bankData = null)
    {
        Seed = seed;
        _lease = lease;
        _bankData = bankData ?? Data.Path;
        BankPort = Ports.Free();
        BankAddress = new Uri($"http://127.0.0.1:{BankPort}");
        Bank = BankApi.At(BankAddress);
    }

    /// <summary>Of everything random.</summary>
    public int Seed { get; }

    /// <summary>What failures say.</summary>
    public string Because => $"seed {Seed}";

    /// <summary>The data folder.</summary>
    public TempFolder Data { get; } = new();

    /// <summary>The bank's data folder.</summary>
    public string BankFolder => Path.Combine(_bankData, "bank");

    /// <summary>The bank's port, in all its lives.</summary>
    public int BankPort { get; }

    /// <summary>Where the bank is.</summary>
    public Uri BankAddress { get; }

    /// <summary>The bank, to be asked.</summary>
    public BankApi Bank { get; }

    /// <summary>The bank's process in this life.</summary>
    public ProcessRunner BankProcess =>
        _bankProcess ?? throw new InvalidOperationException("The bank was not started.");

    /// <summary>The clients.</summary>
    public IReadOnlyList<Member> Members => _members;

    /// <summary>Outcomes told by all clients.</summary>
    public int AcknowledgedCount => _members.Sum(member => member.AcknowledgedCount);

    /// <summary>Transfers that all clients were asked for.</summary>
    public int AskedCount => _members.Sum(member => member.AskedCount);

    /// <summary>Starts the bank, for the first time or again, and waits until it listens.</summary>
    /// <param name="prefix">A program that runs it, with its options; none for none.</param>
    public async Task StartBankAsync(params string[] prefix)
    {
        string[] arguments =
        [
            .. prefix, "dotnet", ProcessRunner.Executable,
            "bank", "--listen", $"127.0.0.1:{BankPort}", "--data", _bankData, "--json", "--with-parent",
            "--lease", string.Create(CultureInfo.InvariantCulture, $"{_lease.TotalSeconds}s"),
        ];
        _bankProcess = ProcessRunner.StartFile(
            arguments[0], Data, new Dictionary<string, string>(), arguments[1..]);
        await _bankProcess.WaitForOutputAsync("listening", Patience);
    }

    /// <summary>Adds a client that does not run yet.</summary>
    public Member Add(bool proxied = false)
    {
        Member member = new(this, $"c{_members.Count + 1}", unchecked((Seed * 31) + _members.Count), proxied);
        _members.Add(member);
        return member;
    }

    /// <summary>Starts the bank and clients, and waits until all are members.</summary>
    public async Task StartAsync(int clients, bool proxied = false)
    {
        await StartBankAsync();
        for (int i = 0; i < clients; i++)
        {
            Add(proxied).Start();
        }

        await WaitForMembershipAsync();
    }

    /// <summary>Waits until all are members.</summary>
    public async Task WaitForMembershipAsync()
    {
        foreach (Member member in _members)
        {
            await member.WaitForMembershipAsync();
        }

        // A client pays only to accounts whose opening it has settled.
        await WaitForAgreementAsync();
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillBankAsync()
    {
        BankProcess.Kill();
        await BankProcess.WaitForExitAsync();
    }

    /// <summary>Whether the bank counts an account as a member.</summary>
    public async Task<bool> IsMemberAsync(int id) =>
        (await Bank.GetMembersAsync(CancellationToken.None)).Members.Any(member => member.Id == id);

    /// <summary>Waits until a client is no member.</summary>
    /// <returns>How long it took.</returns>
    public Task<TimeSpan> WaitForEvictionAsync(Member member) => Conditions.UntilAsync(
        async () => !await IsMemberAsync(member.Id), $"{member.Name} is out of the view; {Because}", Patience);

    /// <summary>Adds to a failure where everybody stands, and the logs' last lines.</summary>
    public async Task WatchAsync(Task waiting)
    {
        try
        {
            await waiting;
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}\n{await DescribeStateAsync()}", late);
        }
    }

    /// <summary>Waits until all outcomes of so many transfers were told.</summary>
    public Task WaitForAcknowledgedAsync(int count) => WatchAsync(Conditions.UntilAsync(
        () => AcknowledgedCount >= count ? true : Members.FirstOrDefault(member => member.HasFailed) is { } failed
            ? throw new InvalidOperationException(failed.Describe())
            : false,
        $"{count} outcomes were told; {Because}",
        Patience));

    /// <summary>
    /// With nothing asked any more: all clients are members with nothing pending, their exports are the bank's byte for
    /// byte, the audit of all passes, and the ledger holds what users were told, once, and conserves money.
    /// </summary>
    public async Task<ExportedLedger> CheckAsync()
    {
        await WaitForMembershipAsync();
        foreach (Member member in _members)
        {
            await Conditions.UntilAsync(
                async () => await member.CountPendingAsync() == 0,
                $"nothing is pending at {member.Name}; {Because}",
                Patience);
        }

        await WaitForAgreementAsync();
        string[] sources = [BankAddress.ToString(), .. _members.Select(member => member.Address.ToString())];
        string[] exports = await ExportAsync(sources);
        for (int i = 1; i < exports.Length; i++)
        {
            exports[i].Should().Be(exports[0], $"{sources[i]} is a member; {Because}");
        }

        RunResult audit = await RunAsync(["verify", .. sources]);
        audit.ExitCode.Should().Be(0, $"{Because}\n{audit}");
        ExportedLedger ledger = ExportedLedger.Read(exports[0], Because);
        ledger.ShouldHold([.. _members.SelectMany(member => member.Acknowledged)], Because);
        return ledger;
    }

    /// <summary>Ends clients and bank in good order, and audits the folders that they leave.</summary>
    /// <param name="bankExport">The bank's export before.</param>
    public async Task LeaveAndCheckAsync(ExportedLedger bankExport)
    {
        foreach (RunResult result in await Task.WhenAll(_members.Select(member => member.LeaveAsync())))
        {
            // The exit code is that of the first command that failed; an aborted transfer does.
            result.ExitCode.Should().BeInRange(0, 1, $"{Because}\n{result.Errors}");
        }

        BankProcess.Signal(UnixSignal.Terminate);
        RunResult bank = await BankProcess.WaitForExitAsync(Patience);
        bank.ExitCode.Should().Be(0, $"{Because}\n{bank}");

        string[] folders = [BankFolder, .. _members.Select(member => member.Folder)];
        string[] exports = await ExportAsync(folders);
        exports[0].Should().StartWith(bankExport.Text, Because);
        for (int i = 1; i < exports.Length; i++)
        {
            exports[0].Should().StartWith(exports[i], $"c{i} has left; {Because}");
            exports[i].Length.Should().BeGreaterThanOrEqualTo(bankExport.Text.Length, Because);
        }

        RunResult audit = await RunAsync(["verify", .. folders]);
        audit.ExitCode.Should().Be(0, $"{Because}\n{audit}");
        await CheckHistoriesAsync(ExportedLedger.Read(exports[0], Because));
    }

    /// <summary>What `export` gives for each source. The first is the command's own output, the others are written in
    /// this process by the same code: so many processes would take longer than all the rest.</summary>
    private async Task<string[]> ExportAsync(string[] sources)
    {
        RunResult export = await RunAsync("export", sources[0]);
        export.ExitCode.Should().Be(0, $"{Because}\n{export}");
        List<string> texts = [export.Output];
        foreach (string source in sources[1..])
        {
            IReadOnlyList<LedgerSource> found = LedgerSources.Find(source, new DataFolders(Data.Path));
            using MemoryStream output = new();
            await LedgerExport.WriteAsync(found.Should().ContainSingle().Subject, output, CancellationToken.None);
            texts.Add(Encoding.UTF8.GetString(output.ToArray()).TrimEnd('\n'));
        }

        return [.. texts];
    }

    /// <summary>Runs a verb to its end.</summary>
    public async Task<RunResult> RunAsync(params string[] arguments)
    {
        await using ProcessRunner runner = ProcessRunner.Start(Data, arguments);
        runner.CloseInput();
        return await runner.WaitForExitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Member member in _members)
        {
            await member.DisposeAsync();
        }

        if (_bankProcess is not null)
        {
            await _bankProcess.DisposeAsync();
        }

        Bank.Dispose();
        Data.Dispose();
    }

    /// <summary>Waits until every client has settled the bank's last block and the bank makes no more.</summary>
    public Task<TimeSpan> WaitForAgreementAsync() => Conditions.UntilAsync(
        async () =>
        {
            LedgerPageDto bank = await Bank.GetLedgerAsync(0, 1, CancellationToken.None);
            foreach (Member member in _members)
            {
                using ClientApi client = ClientApi.At(member.Address);
                LedgerPageDto page = await client.GetChainAsync(bank.Count - 1, 2, CancellationToken.None);
                if (page.Blocks is not [{ Settled: true } last] || last.Hash != bank.Head)
                {
                    return false;
                }
            }

            return (await Bank.GetLedgerAsync(0, 1, CancellationToken.None)).Count == bank.Count;
        },
        $"all have settled the same chain; {Because}",
        Patience);

    private async Task<string> DescribeStateAsync()
    {
        List<string> lines = [];
        IEnumerable<Func<Task<string>>> parts =
            _members.Select<Member, Func<Task<string>>>(member => member.DescribeStateAsync)
            .Prepend(async () => $"bank: {await Bank.GetMembersAsync(CancellationToken.None)}");
        foreach (Func<Task<string>> part in parts)
        {
            try
            {
                lines.Add(await part());
            }
            catch (Exception fault)
            {
                lines.Add(fault.Message);
            }
        }

        string[] logs = [Path.Combine(BankFolder, "bank.log"),
            .. _members.Select(member => Path.Combine(member.Folder, "client.log"))];
        foreach (string log in logs.Where(File.Exists))
        {
            lines.Add($"--- {log}");
            using StreamReader reader = new(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            lines.AddRange((await reader.ReadToEndAsync()).Split('\n').TakeLast(LogLines));
        }

        return string.Join('\n', lines);
    }

    private async Task CheckHistoriesAsync(ExportedLedger ledger)
    {
        foreach (Member member in _members)
        {
            foreach ((string txid, long? index) in await member.ReadHistoryAsync())
            {
                // A transfer of which the client knows nothing any more was killed before it was accepted.
                ledger.Contains(txid).Should().Be(index is not null, $"{txid} of {member.Name}; {Because}");
            }
        }
    }
}
