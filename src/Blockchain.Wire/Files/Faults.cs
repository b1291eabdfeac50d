namespace Blockchain.Wire.Files;

/// <summary>
/// A disk did not do what a ledger needs: full, read-only, in use, or a flush failed. Whoever gets it stops: what was
/// not flushed may or may not be on disk, and a second flush would hide that (it reports success for pages already
/// dropped).
/// </summary>
/// <param name="message">One line that names cause and remedy.</param>
/// <param name="inner">What the platform reported.</param>
public sealed class StoreFaultException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Stored data contradicts itself: it was changed by something other than this program.</summary>
/// <param name="index">Index of the first block that is wrong; -1 where it is no block.</param>
/// <param name="explanation">What is wrong, in words, as one line.</param>
public sealed class IntegrityException(long index, string explanation) : Exception(explanation)
{
    /// <summary>Index of the first block that is wrong; -1 where it is no block.</summary>
    public long Index { get; } = index;
}
