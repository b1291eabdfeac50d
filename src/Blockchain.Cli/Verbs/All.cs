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
        ExportVerb.Create(),
        VerifyVerb.Create(),
        OpenDemoVerb.Create(),
        TrackerVerb.Create(),
        NodeVerb.Create(),
        WalletVerb.Create(),
        OracleVerb.Create(),
        WatchVerb.Create(),
        VoteVerb.Create(),
        SoakVerb.Create(),
        BenchVerb.Create(),
        BenchLoadVerb.Create(),
    ];
}
