using Blockchain.Client.Hosting;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Tests.Client;

/// <summary>Ids of transfers are UUIDs of version 7, and no two are alike.</summary>
public sealed class TransferIdsTests
{
    private const long UnixMs = 0x0123_4567_89AB;

    [Fact]
    public void An_id_says_its_time_its_version_and_its_variant_as_the_RFC_lays_them_out()
    {
        TransferIds ids = new();
        for (int i = 0; i < 1_000; i++)
        {
            Guid guid = new(Convert.FromHexString(ids.Next(UnixMs).ToString()), bigEndian: true);
            guid.Version.Should().Be(7);
            (guid.Variant & 0b1100).Should().Be(0b1000);
            ids.Next(UnixMs).ToString()[..12].Should().Be("0123456789ab");
        }
    }

    [Fact]
    public void All_other_bits_are_chance_and_all_ids_differ()
    {
        TransferIds ids = new();
        UInt128 set = 0;
        UInt128 clear = 0;
        HashSet<TransferId> seen = [];
        for (int i = 0; i < 2_000; i++)
        {
            TransferId id = ids.Next(UnixMs);
            seen.Add(id).Should().BeTrue();
            set |= id.Value;
            clear |= ~id.Value;
        }

        // Bits that were both: 12 behind the version, 62 behind the variant. That one of 74 was not is one of 2^1,990.
        UInt128.PopCount(set & clear).Should().Be((UInt128)74);
    }
}
