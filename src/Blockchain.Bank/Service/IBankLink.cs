using Blockchain.Core.BankNetwork;

namespace Blockchain.Bank.Service;

/// <summary>A client's connection as the loop sees it: an edge, so that the loop can be driven without
/// sockets.</summary>
public interface IBankLink
{
    /// <summary>Enqueues a message for the next <see cref="Flush"/> and returns at once.</summary>
    void Send(FromBank message);

    /// <summary>Starts to write what is enqueued and returns at once.</summary>
    void Flush();

    /// <summary>Starts to close the connection and returns at once.</summary>
    /// <param name="reason">Why, for the other side.</param>
    void Close(string reason);
}
