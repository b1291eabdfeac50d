namespace Blockchain.Wire.Links;

/// <summary>Counts what is written to all connections that share it: how well frames gather into writes is what busy
/// links live by.</summary>
public sealed class LinkCounters
{
    private long _frames;
    private long _writes;

    /// <summary>Frames written.</summary>
    public long Frames => Interlocked.Read(ref _frames);

    /// <summary>Writes that they took.</summary>
    public long Writes => Interlocked.Read(ref _writes);

    internal void Wrote(int frames)
    {
        Interlocked.Add(ref _frames, frames);
        Interlocked.Increment(ref _writes);
    }
}
