using Blockchain.Wire.Http;

namespace Blockchain.Cli.Wallet;

/// <summary>Waits until a transaction is deep enough in the best chain.</summary>
/// <param name="node">The node that is asked.</param>
/// <param name="time">The clock of the wait.</param>
internal sealed class Confirmation(INodeApi node, TimeProvider time)
{
    private const int MissesTaken = 8;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);

    /// <summary>Waits.</summary>
    /// <param name="txid">The transaction.</param>
    /// <param name="depth">Confirmations wanted; 1 is a place in the tip.</param>
    /// <param name="patience">The longest wait.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Where it stands; null when the node has dropped it, since another took its place.</returns>
    /// <exception cref="TimeoutException">It took too long, or the node no longer answers; the transaction goes
    /// on.</exception>
    public async Task<TransactionStatusDto?> WaitAsync(
        string txid, int depth, TimeSpan patience, CancellationToken cancellation)
    {
        long start = time.GetTimestamp();
        long heard = start;
        for (int misses = 0; misses < MissesTaken;)
        {
            TransactionStatusDto? status;
            try
            {
                status = await node.FindTransactionAsync(txid, cancellation);
                heard = time.GetTimestamp();
            }
            catch (Exception fault) when (fault is HttpRequestException or ApiException { Status: >= 500 })
            {
                if (time.GetElapsedTime(heard) > LongestSilence)
                {
                    throw new TimeoutException(
                        $"the node no longer answers ({fault.Message.TrimEnd('.')}). Transaction {txid} was taken and "
                            + "goes on; ask later.",
                        fault);
                }

                await Task.Delay(LookAgain, time, cancellation);
                continue;
            }

            if (status is { Status: TransactionStatusDto.Confirmed } && status.Confirmations >= depth)
            {
                return status;
            }

            // Between two chains a transaction is for a moment on neither: one miss says nothing.
            misses = status is null ? misses + 1 : 0;
            if (time.GetElapsedTime(start) > patience)
            {
                throw new TimeoutException(
                    $"transaction {txid} has not got {depth} confirmation{(depth == 1 ? string.Empty : "s")} within "
                        + $"{patience.TotalSeconds:0} s. It goes on; ask later.");
            }

            await Task.Delay(LookAgain, time, cancellation);
        }

        return null;
    }
}
