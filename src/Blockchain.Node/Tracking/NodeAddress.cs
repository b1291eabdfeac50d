using System.Diagnostics.CodeAnalysis;
using System.Net;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Node.Tracking;

/// <summary>Where a node is reached: http://HOST:PORT, in one spelling, so that no node has two addresses by
/// accident.</summary>
public static class NodeAddress
{
    /// <summary>Reads an address that a stranger gave.</summary>
    /// <param name="text">The text.</param>
    /// <param name="address">The address in its one spelling, without a slash at the end.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out string? address)
    {
        address = null;
        if (text is null || text.Length > OpenLimits.AddressCharacters
            || !Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
            || uri.Scheme is not ("http" or "https")
            || uri.PathAndQuery != "/"
            || uri.UserInfo.Length > 0
            || uri.Fragment.Length > 0
            || uri.Port <= 0)
        {
            return false;
        }

        address = uri.GetLeftPart(UriPartial.Authority);
        return true;
    }

    /// <summary>The address of a node's peer connections, from the address of the node.</summary>
    /// <param name="address">An address that <see cref="TryParse"/> gave.</param>
    /// <param name="path">The route.</param>
    public static Uri ToWebSocket(string address, string path) => new UriBuilder(address)
    {
        Scheme = address.StartsWith("https:", StringComparison.Ordinal) ? "wss" : "ws",
        Path = path,
    }.Uri;

    /// <summary>Whether it is this machine's own, as far as its text says.</summary>
    public static bool IsLoopback(string address) => new Uri(address).IsLoopback;

    /// <summary>The same IP address in one form: IPv4 is not hidden in IPv6.</summary>
    public static IPAddress Plain(IPAddress? address) => address switch
    {
        null => IPAddress.None,
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4(),
        _ => address,
    };
}
