using Blockchain.Core.BankNetwork;

namespace Blockchain.Bank.Service;

/// <summary>A client's connection as the loop sees it: an edge, so that the loop can be driven without
/// sockets.</summary>
public interface IBankLink
{
    /// <summary>Enqueues a message and returns at once.</summary>
    void Send(FromBank message);

    /// <summary>Starts to close the connection and returns at once.</summary>
    /// <param name="reason">Why, for the other side.</param>
    void Close(string reason);
}
