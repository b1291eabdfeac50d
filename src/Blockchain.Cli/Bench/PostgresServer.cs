using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Blockchain.Cli.Bench;

/// <summary>
/// A PostgreSQL server of its own, in a folder of its own, with the settings that it comes with, which flush every
/// commit. It refuses to run as root, so then it runs as another user of the machine.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string RootUser = "root";
    private const int FirstPort = 20_000;
    private const int LastPort = 32_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string[] OtherUsers = ["postgres", "nobody"];

    private readonly string _binaries;
    private readonly string _folder;
    private readonly string? _user;

    private PostgresServer(string binaries, string folder, string? user)
    {
        _binaries = binaries;
        _folder = folder;
        _user = user;
    }

    /// <summary>How to connect.</summary>
    public string ConnectionString { get; private set; } = string.Empty;

    private string Data => Path.Combine(_folder, "data");

    /// <summary>Starts one.</summary>
    /// <param name="folder">A folder for it, which must not exist.</param>
    /// <param name="cancellation">Ends the start.</param>
    /// <exception cref="CliException">There is none on this machine, or it does not start.</exception>
    public static async Task<PostgresServer> StartAsync(string folder, CancellationToken cancellation)
    {
        string binaries = FindBinaries() ?? throw new CliException(
            ExitCode.Failed,
            "no PostgreSQL server is on this machine: initdb and pg_ctl are not in PATH and not in "
                + "/usr/lib/postgresql. Install it (Debian: postgresql), or leave --peers out.");
        PostgresServer server = new(binaries, folder, Environment.UserName == RootUser ? FindUser() : null);
        try
        {
            await server.PrepareAsync(cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Data, "postmaster.pid")))
        {
            await RunAsync(Tool("pg_ctl"), ["-D", Data, "-s", "-m", "fast", "-w", "stop"], CancellationToken.None);
        }
    }

    private static string? FindBinaries()
    {
        IEnumerable<string> inPath = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        string packaged = Path.Combine(Path.DirectorySeparatorChar + "usr", "lib", "postgresql");
        IEnumerable<string> installed = Directory.Exists(packaged)
            ? Directory.GetDirectories(packaged).OrderDescending().Select(version => Path.Combine(version, "bin"))
            : [];
        string suffix = OperatingSystem.IsWindows() ? ".exe" : string.Empty;
        return inPath.Concat(installed).FirstOrDefault(folder =>
            File.Exists(Path.Combine(folder, "initdb" + suffix))
            && File.Exists(Path.Combine(folder, "pg_ctl" + suffix)));
    }

    private static string FindUser()
    {
        string[] known = [.. File.ReadLines("/etc/passwd").Select(line => line.Split(':')[0])];
        return OtherUsers.FirstOrDefault(known.Contains) ?? throw new CliException(
            ExitCode.Failed,
            "PostgreSQL does not run as root, and the machine has no user postgres or nobody. Run bench as another "
                + "user, or leave --peers out.");
    }

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(_folder);
        if (_user is not null)
        {
            await RunAsync("chown", [_user, _folder], cancellation);
        }

        await RunAsync(Tool("initdb"), ["-D", Data, "-A", "trust", "-U", "bench", "--no-sync"], cancellation);
        int port = FreePort();
        string settings = string.Create(
            CultureInfo.InvariantCulture,
            $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=20");
        await RunAsync(
            Tool("pg_ctl"), ["-D", Data, "-s", "-l", Path.Combine(_folder, "log"), "-o", settings, "-w", "start"],
            cancellation);
        ConnectionString = string.Create(
            CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username=bench;Database=postgres");
    }

    // Below the ports that the system hands out by itself.
    private static int FreePort()
    {
        for (int port = FirstPort + (Environment.ProcessId % 1_000); port < LastPort; port++)
        {
            using TcpListener listener = new(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }

        throw new CliException(ExitCode.Failed, "no port is free for PostgreSQL.");
    }

    private string Tool(string name) => Path.Combine(_binaries, name);

    private async Task RunAsync(string path, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        bool changesUser = _user is not null && path.StartsWith(_binaries, StringComparison.Ordinal);
        ProcessStartInfo start = changesUser
            ? new ProcessStartInfo("runuser", ["-u", _user!, "--", path, .. arguments])
            : new ProcessStartInfo(path, arguments);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.WorkingDirectory = _folder;
        using Process process = Process.Start(start)
            ?? throw new CliException(ExitCode.Failed, $"{path} cannot be started.");
        process.StandardInput.Close();
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        await process.WaitForExitAsync(patience.Token);
        if (process.ExitCode != 0)
        {
            throw new CliException(ExitCode.Failed, $"{path} failed with exit code {process.ExitCode}.");
        }
    }
}
