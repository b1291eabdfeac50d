namespace Blockchain.Wire.Http;

/// <summary>Where the bank listens for what.</summary>
public static class BankRoutes
{
    /// <summary>GET: every account.</summary>
    public const string Accounts = "/accounts";

    /// <summary>GET: one account.</summary>
    public const string Account = "/accounts/{id:int}";

    /// <summary>GET: what moved on one account; <c>?from=&amp;limit=</c> by index of the ledger.</summary>
    public const string History = "/accounts/{id:int}/history";

    /// <summary>GET: blocks; <c>?from=&amp;limit=</c>. JSON, or <see cref="BlockStream.ContentType"/> when
    /// accepted.</summary>
    public const string Ledger = "/ledger";

    /// <summary>GET: the current view.</summary>
    public const string Members = "/members";

    /// <summary>GET: the latest signed checkpoint.</summary>
    public const string Checkpoint = "/checkpoint";

    /// <summary>GET: the block of a transfer.</summary>
    public const string Transfer = "/transfers/{txid}";

    /// <summary>POST: become a member.</summary>
    public const string Join = "/join";

    /// <summary>POST: stop being one.</summary>
    public const string Leave = "/leave";

    /// <summary>WebSocket: the link of a member.</summary>
    public const string Link = SharedRoutes.Link;
}

/// <summary>Where a client listens for what.</summary>
public static class ClientRoutes
{
    /// <summary>GET: blocks of the own chain; as <see cref="BankRoutes.Ledger"/>.</summary>
    public const string Chain = "/chain";

    /// <summary>GET: the request queue.</summary>
    public const string Queue = "/queue";

    /// <summary>GET: the logical clock.</summary>
    public const string Clock = "/clock";

    /// <summary>GET: the latest checkpoint of the bank that the client holds.</summary>
    public const string Checkpoint = "/checkpoint";

    /// <summary>WebSocket: the link of another member.</summary>
    public const string Link = SharedRoutes.Link;
}

/// <summary>What the bank and the clients have in common.</summary>
public static class SharedRoutes
{
    /// <summary>WebSocket.</summary>
    public const string Link = "/link";

    /// <summary>GET: 200 while the process runs.</summary>
    public const string Live = "/health/live";

    /// <summary>GET: 200 while the process can do its work, else 503.</summary>
    public const string Ready = "/health/ready";

    /// <summary>GET: counters for monitors, in the text format of Prometheus.</summary>
    public const string Metrics = "/metrics";

    /// <summary>GET: what happens, as server-sent events.</summary>
    public const string Events = "/events";
}
