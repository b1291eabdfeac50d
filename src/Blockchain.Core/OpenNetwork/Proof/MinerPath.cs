using System.Runtime.Intrinsics;

namespace Blockchain.Core.OpenNetwork;

/// <summary>How many nonces the miner tries at once. Every path finds the same nonces.</summary>
public enum MinerPath
{
    /// <summary>One after another, on any processor.</summary>
    Scalar,

    /// <summary>Four at once: SSE2, AdvSimd and the like.</summary>
    Vector128,

    /// <summary>Eight at once: AVX2.</summary>
    Vector256,

    /// <summary>Sixteen at once: AVX-512.</summary>
    Vector512,
}

/// <summary>Which paths this processor has.</summary>
public static class MinerPaths
{
    /// <summary>The widest that the processor computes with one instruction.</summary>
    public static MinerPath Fastest => Available[^1];

    /// <summary>All that it computes with one instruction, the slowest first. The others work, and are slow.</summary>
    public static IReadOnlyList<MinerPath> Available { get; } =
    [
        .. Enum.GetValues<MinerPath>().Where(path => path switch
        {
            MinerPath.Vector512 => Vector512.IsHardwareAccelerated,
            MinerPath.Vector256 => Vector256.IsHardwareAccelerated,
            MinerPath.Vector128 => Vector128.IsHardwareAccelerated,
            _ => true,
        }),
    ];
}
