using Microsoft.Extensions.Configuration;

namespace Blockchain.Cli.Options;

/// <summary>
/// Settings outside the command line: appsettings.json in the working directory, then the environment. A file holds
/// <c>{ "Blockchain": { "Bank": { "Listen": "127.0.0.1:9000" } } }</c>, the environment
/// <c>BLOCKCHAIN__BANK__LISTEN=127.0.0.1:9000</c>; a key is an option's name without dashes, case does not matter.
/// </summary>
public static class Configuration
{
    private const string Root = "Blockchain";
    private const string FileName = "appsettings.json";

    /// <summary>The section of one verb.</summary>
    /// <exception cref="CliException">The file cannot be read.</exception>
    public static IConfigurationSection SectionOf(string verb)
    {
        try
        {
            return new ConfigurationBuilder()
                .SetBasePath(Directory.GetCurrentDirectory())
                .AddJsonFile(FileName, optional: true, reloadOnChange: false)
                .AddEnvironmentVariables()
                .Build()
                .GetSection($"{Root}:{verb}");
        }
        catch (Exception fault) when (fault is InvalidDataException or FormatException or IOException
            or UnauthorizedAccessException)
        {
            string cause = fault.GetBaseException().Message;
            throw new CliException(
                ExitCode.Usage,
                $"{FileName} in the working directory cannot be read: {cause} Mend it or move it away.",
                fault);
        }
    }
}
