using System.Text.Json.Serialization;

namespace Blockchain.Wire.Http;

/// <summary>Where a tracker listens for what.</summary>
public static class TrackerRoutes
{
    /// <summary>WebSocket: a member's connection, texts of <see cref="TrackerMessage"/> as JSON.</summary>
    public const string Track = "/track";

    /// <summary>GET: the members of a network; <c>?network=</c>.</summary>
    public const string Nodes = "/nodes";
}

/// <summary>What a node and a tracker say to each other, one JSON object a message.</summary>
/// <param name="Kind">One of the constants.</param>
public sealed record TrackerMessage(string Kind)
{
    /// <summary>Node: I am here (in the source's words SYN). Has network and address.</summary>
    public const string Join = "join";

    /// <summary>Node: I am still here.</summary>
    public const string Heartbeat = "heartbeat";

    /// <summary>Node: I go (FIN).</summary>
    public const string Leave = "leave";

    /// <summary>Tracker: these are the members, after every change. Has peers.</summary>
    public const string Peers = "peers";

    /// <summary>Tracker: no. Has reason.</summary>
    public const string Refused = "refused";

    /// <summary>The network's id, 64 hexadecimal digits.</summary>
    public string? Network { get; init; }

    /// <summary>Where the node is reached, http://HOST:PORT.</summary>
    public string? Address { get; init; }

    /// <summary>Where the other members are reached.</summary>
    public string[]? List { get; init; }

    /// <summary>Milliseconds of silence after which a member is removed.</summary>
    public int? SilenceMs { get; init; }

    /// <summary>Why not.</summary>
    public string? Reason { get; init; }
}

/// <summary>What crosses between nodes and trackers as JSON, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TrackerMessage))]
[JsonSerializable(typeof(NodesDto))]
public sealed partial class TrackerJson : JsonSerializerContext;
