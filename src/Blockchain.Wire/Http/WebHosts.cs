namespace Blockchain.Wire.Http;

/// <summary>What the web servers of all processes have in common.</summary>
public static class WebHosts
{
    /// <summary>Argument of a builder: settings files are read once. Watching them means watching the whole working
    /// folder, where every write of a ledger wakes the watcher.</summary>
    public const string NoFileWatch = "--hostBuilder:reloadConfigOnChange=false";
}
