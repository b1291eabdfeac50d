using System.CommandLine;

namespace Blockchain.Cli.Verbs;

/// <summary>The verbs, in the order in which --help lists them.</summary>
public static class All
{
    /// <summary>Makes them.</summary>
    public static IEnumerable<Command> Verbs() =>
    [
        DemoVerb.Create(),
        BankVerb.Create(),
        ClientVerb.Create(),
        NodeVerb.Create(),
        TrackerVerb.Create(),
        ExportVerb.Create(),
        VerifyVerb.Create(),
        SoakVerb.Create(),
        WalletVerb.Create(),
        OracleVerb.Create(),
        WatchVerb.Create(),
        VoteVerb.Create(),
        OpenDemoVerb.Create(),
        BenchVerb.Create(),
        BenchLoadVerb.Create(),
    ];
}
