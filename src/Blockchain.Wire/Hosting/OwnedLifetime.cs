using Microsoft.Extensions.Hosting;

namespace Blockchain.Wire.Hosting;

/// <summary>Signals are for the executable to handle: a host inside another program must not take them.</summary>
public sealed class OwnedLifetime : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
