using Blockchain.Client.Hosting;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Tests.Client;

/// <summary>A folder and its copy in use at once are two lives of one client, which a lock on a folder cannot
/// see.</summary>
public sealed class CopiedFolderTests
{
    [Fact]
    public async Task A_copy_that_starts_takes_over_and_the_earlier_process_leaves_it_the_link_to_the_bank()
    {
        await using SmallNetwork network = await SmallNetwork.StartAsync();
        using TemporaryFolder elsewhere = new();
        ClientHost original = await network.MemberAsync("one");
        await network.MemberAsync("two");
        Copy(original.Service.FolderPath, Path.Combine(elsewhere.Path, "clients", "one"));

        ClientHost copy = await network.ClientAsync(network.Options("one") with { DataDirectory = elsewhere.Path });
        await SmallNetwork.UntilAsync(original, process => process.Phase == ClientPhase.Stopped);
        await SmallNetwork.UntilAsync(original, _ => !original.Service.BankReachable);

        (await SmallNetwork.PayAsync(copy, 2, 1_00)).Block.Outcome.Should().Be(Outcome.Success);
        await SmallNetwork.UntilAsync(copy, _ => copy.Service.BankReachable);
        original.Service.BankReachable.Should().BeFalse();
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from).Where(file => Path.GetFileName(file) != "lock"))
        {
            using FileStream source = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using FileStream target = File.Create(Path.Combine(to, Path.GetFileName(file)));
            source.CopyTo(target);
        }
    }
}
