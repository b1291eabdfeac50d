using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Blockchain.Wire.Hosting;

/// <summary>How a host begins to listen, and says why it cannot.</summary>
public static class WebListening
{
    /// <summary>Starts to serve.</summary>
    /// <param name="app">The web application.</param>
    /// <param name="listen">The address as the user wrote it, for messages.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The address with the port that was taken.</returns>
    /// <exception cref="ListenFaultException">The address cannot be listened on.</exception>
    public static async Task<Uri> StartAsync(WebApplication app, string listen, CancellationToken cancel)
    {
        try
        {
            await app.StartAsync(cancel);
        }
        catch (Exception fault) when (fault is IOException or SocketException)
        {
            throw Explain(fault, fault.InnerException is AddressInUseException, listen, "--listen");
        }

        IServerAddressesFeature addresses = app.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!;
        return new Uri(addresses.Addresses.First());
    }

    /// <summary>The exception that names cause and remedy.</summary>
    /// <param name="fault">What the platform reported.</param>
    /// <param name="isInUse">Whether another process has the address.</param>
    /// <param name="listen">The address as the user wrote it.</param>
    /// <param name="option">The option that names it.</param>
    public static ListenFaultException Explain(Exception fault, bool isInUse, string listen, string option) => new(
        isInUse
            ? $"{listen} {ListenFaultException.InUse} {option}."
            : $"{listen} cannot be listened on: {fault.Message.TrimEnd('.')}. Choose another with {option}.",
        fault);

    /// <summary>The address to listen on, when it is one. The name localhost stands for 127.0.0.1.</summary>
    public static bool TryParse(
        string listen, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPEndPoint? endPoint)
    {
        const string LocalHost = "localhost:";
        string text = listen.StartsWith(LocalHost, StringComparison.OrdinalIgnoreCase)
            ? $"{IPAddress.Loopback}:{listen[LocalHost.Length..]}"
            : listen;
        int colon = text.LastIndexOf(':');
        return IPEndPoint.TryParse(text, out endPoint) && colon >= 0
            && ushort.TryParse(text[(colon + 1)..], System.Globalization.NumberStyles.None, null, out _);
    }

    /// <summary>What is wrong with an address to listen on; null when nothing is.</summary>
    /// <param name="listen">The address.</param>
    /// <param name="allowRemote">Whether other machines may connect.</param>
    public static string? FaultOf(string listen, bool allowRemote)
    {
        if (!TryParse(listen, out IPEndPoint? endPoint))
        {
            return $"'{listen}' is no address to listen on. Give an IP address and a port, such as 127.0.0.1:8000.";
        }

        return allowRemote || IPAddress.IsLoopback(endPoint.Address)
            ? null
            : $"{listen} can be reached from other machines. Allow that with --allow-remote, or use 127.0.0.1.";
    }
}
