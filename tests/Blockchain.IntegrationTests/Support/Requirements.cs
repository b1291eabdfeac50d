namespace Blockchain.IntegrationTests.Support;

/// <summary>A test that needs signals, which Windows has not.</summary>
public sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute()
    {
        Skip = OperatingSystem.IsWindows() ? "there is no SIGSTOP on Windows" : null;
    }
}

/// <summary>A test that makes flushes fail with strace.</summary>
public sealed class StraceFactAttribute : FactAttribute
{
    public StraceFactAttribute()
    {
        Skip = Strace.WhyNot;
    }
}

/// <summary>A test that mounts a small file system to fill.</summary>
public sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute()
    {
        Skip = SmallDisk.WhyNot;
    }
}
