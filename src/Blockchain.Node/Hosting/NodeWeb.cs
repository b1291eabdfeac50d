using System.Net;
using Blockchain.Node.Http;
using Blockchain.Wire.Hosting;
using Blockchain.Wire.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Blockchain.Node.Hosting;

/// <summary>The web application of a node or a tracker: limits, JSON, errors, OpenAPI, WebSockets.</summary>
internal static class NodeWeb
{
    /// <summary>How long a stop may take.</summary>
    public static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    /// <summary>Makes one; nothing listens yet.</summary>
    public static WebApplication Build(IPEndPoint endPoint, Action<ILoggingBuilder>? configureLogging)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        configureLogging?.Invoke(builder.Logging);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = NodeLimits.HttpBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = NodeLimits.HttpConnections;
            kestrel.Limits.MaxConcurrentUpgradedConnections = NodeLimits.HttpUpgrades;
            kestrel.Listen(endPoint);
        });
        builder.Services.AddSingleton<IHostLifetime, OwnedLifetime>();
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = StopPatience);
        builder.Services.Configure<RouteHandlerOptions>(static routes => routes.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(static json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, NodeJson.Default);

            // The context's own options count for itself alone.
            json.SerializerOptions.PropertyNamingPolicy = NodeJson.Default.Options.PropertyNamingPolicy;
            json.SerializerOptions.DefaultIgnoreCondition = NodeJson.Default.Options.DefaultIgnoreCondition;
            json.SerializerOptions.RespectNullableAnnotations = true;
            json.SerializerOptions.RespectRequiredConstructorParameters = true;
        });
        builder.Services.AddProblemDetails();
        builder.Services.AddOpenApi();
        WebApplication app = builder.Build();
        ErrorPages.Use(
            app,
            app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Blockchain.Node.Http"),
            NodeProblems.Of,
            NodeProblems.Expected);
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        app.MapOpenApi();
        return app;
    }
}
