using Blockchain.Wire.Hosting;

namespace Blockchain.Node;

/// <summary>How a tracker runs. <see cref="Faults"/> says what cannot be.</summary>
public sealed class TrackerOptions
{
    /// <summary>Address and port to listen on; port 0 takes a free one.</summary>
    public string Listen { get; init; } = "127.0.0.1:7000";

    /// <summary>Silence after which a member is removed.</summary>
    public TimeSpan Silence { get; init; } = NodeLimits.TrackerSilence;

    /// <summary>Whether addresses other than loopback are allowed.</summary>
    public bool AllowRemote { get; init; }

    /// <summary>One line for each thing that is wrong; none when the tracker can run.</summary>
    public IEnumerable<string> Faults()
    {
        if (WebListening.FaultOf(Listen, AllowRemote) is { } fault)
        {
            yield return fault;
        }

        if (Silence < NodeLimits.ShortestSilence || Silence > NodeLimits.LongestSilence)
        {
            yield return $"a silence of {Silence.TotalSeconds} s is not between "
                + $"{NodeLimits.ShortestSilence.TotalSeconds} and {NodeLimits.LongestSilence.TotalSeconds} s. Choose "
                + "another.";
        }
    }
}
