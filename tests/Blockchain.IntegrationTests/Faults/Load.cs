namespace Blockchain.IntegrationTests.Faults;

/// <summary>
/// Transfers asked of every member, with no end until told so: however fast the network is, a fault finds it at work.
/// </summary>
public sealed class Load : IDisposable
{
    private readonly CancellationTokenSource _enough = new();
    private readonly Task _members;

    /// <summary>Begins.</summary>
    /// <param name="network">Whose members are asked; a member that is started again is not asked again.</param>
    /// <param name="ahead">Number of transfers that wait in the pipe of each.</param>
    public Load(FaultNetwork network, int ahead)
    {
        _members = Task.WhenAll(network.Members.Select(member => member.LoadAsync(ahead, _enough.Token)));
    }

    /// <summary>Asks no more, and waits until those that did not end have answered everything.</summary>
    public async Task StopAsync()
    {
        await _enough.CancelAsync();
        await _members.WaitAsync(FaultNetwork.Patience);
    }

    /// <summary>Asks no more. What is still asked for ends with the processes.</summary>
    public void Dispose()
    {
        _enough.Cancel();
        _enough.Dispose();
    }
}
