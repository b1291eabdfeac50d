using System.Globalization;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace Blockchain.Cli.Hosting;

/// <summary>
/// Where logs go: to a file in the data folder, which is bounded, and warnings also to standard error, but never over a
/// prompt. What ends the process is said once, as its last line, and so is not repeated there.
/// </summary>
/// <param name="level">The least level that is logged.</param>
/// <param name="interactive">Whether a person types at this terminal.</param>
public sealed class Logs(LogLevel level, bool interactive) : IDisposable
{
    private const long MaxFileBytes = 256L << 20;
    private const int MaxFiles = 4;
    private const string FileLine = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}";
    private const string ErrorLine = "{Timestamp:HH:mm:ss} {Message:lj}{NewLine}";
    private ILoggerFactory? _factory;
    private Logger? _serilog;

    /// <summary>Begins a log and makes loggers for it; a log begun before is closed.</summary>
    /// <param name="file">Path of the file.</param>
    public ILoggerFactory Open(string file)
    {
        Dispose();
        _factory = LoggerFactory.Create(builder => Configure(builder, file));
        return _factory;
    }

    /// <summary>Sets up the logging of a host.</summary>
    /// <param name="builder">The host's.</param>
    /// <param name="file">Path of the file.</param>
    public void Configure(ILoggingBuilder builder, string file)
    {
        _serilog = Create(file);
        builder.SetMinimumLevel(level);
        builder.AddFilter("Microsoft", level > LogLevel.Warning ? level : LogLevel.Warning);
        builder.AddProvider(new SerilogLoggerProvider(_serilog));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _factory?.Dispose();
            _serilog?.Dispose();
        }
        catch (IOException)
        {
            // The disk is full or broken, and the last lines are lost. What ended the process must not be hidden by it.
        }

        _factory = null;
        _serilog = null;
    }

    private Logger Create(string file)
    {
        LoggerConfiguration configuration = new LoggerConfiguration()
            .MinimumLevel.Verbose()
            .WriteTo.File(
                file,
                outputTemplate: FileLine,
                formatProvider: CultureInfo.InvariantCulture,
                fileSizeLimitBytes: MaxFileBytes,
                rollOnFileSizeLimit: true,
                retainedFileCountLimit: MaxFiles);
        if (!interactive)
        {
            configuration.WriteTo.Logger(errors => errors
                .Filter.ByIncludingOnly(IsForPeople)
                .WriteTo.Console(
                    outputTemplate: ErrorLine,
                    formatProvider: CultureInfo.InvariantCulture,
                    standardErrorFromLevel: LogEventLevel.Verbose,
                    theme: Serilog.Sinks.SystemConsole.Themes.ConsoleTheme.None));
        }

        return configuration.CreateLogger();
    }

    private static bool IsForPeople(LogEvent entry)
    {
        LogEventPropertyValue? source = entry.Properties.GetValueOrDefault(Constants.SourceContextPropertyName);
        bool isOwn = source is null
            || !source.ToString().StartsWith("\"Microsoft.", StringComparison.Ordinal);
        return isOwn && entry.Level >= LogEventLevel.Warning && entry.Exception is null;
    }
}
