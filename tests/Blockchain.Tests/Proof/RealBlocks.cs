using Blockchain.Core.Kernel;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Tests.Proof;

/// <summary>Blocks of Bitcoin's main chain, as any explorer of it shows them. A wrong digit would change the hash, so
/// each proves itself.</summary>
internal static class RealBlocks
{
    public const string GenesisHash = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f";
    public const string Block1Hash = "00000000839a8e6886ab5951d76f411475428afc90947ee320161bbf18eb6048";

    public static readonly Header Genesis = Make(
        1,
        new string('0', 64),
        "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b",
        1_231_006_505,
        0x1d00_ffff,
        2_083_236_893);

    public static readonly Header Block1 = Make(
        1,
        GenesisHash,
        "0e3e2357e806b6cdb1f70b54c3a3a17b6714ee1f0e68bebb44a74b1efd512098",
        1_231_469_665,
        0x1d00_ffff,
        2_573_394_689);

    // The first with a payment.
    public static readonly Header Block170 = Make(
        1,
        "000000002a22cfee1f2c846adbd12b3e183d4f97683f85dad08a79780a84bd55",
        "7dac2c5666815c17a3b36427de37bb9d2e2c5ccec3f8633eb91a4205cb4c10ff",
        1_231_731_025,
        0x1d00_ffff,
        1_889_418_792);

    public static readonly Header Block125552 = Make(
        1,
        "00000000000008a3a41b85b8b29ad444def299fee21793cd8b9e567eab02cd81",
        "2b12fcf1b09288fcaff797d71e950e71ae42b91e8bdb2304758dfcffc2b620e3",
        1_305_998_791,
        0x1a44_b9f2,
        2_504_433_986);

    // The three around the first retarget that changed something.
    public static readonly Header Block30240 = Make(
        1,
        "000000005107662c86452e7365f32f8ffdc70d8d87aa6f78630a79f7d77fbfe6",
        "5533b5a4273dbe0c1972339148046f0197188a3515b6ff4d83b6c7652f340d70",
        1_261_130_161,
        0x1d00_ffff,
        421_900_479);

    public static readonly Header Block32255 = Make(
        1,
        "000000006baebaa74cecde6c6787c26ee0a616a3c333261bff36653babdac149",
        "89b4f223789e40b5b475af6483bb05bceda54059e17d2053334b358f6bb310ac",
        1_262_152_739,
        0x1d00_ffff,
        312_762_301);

    public static readonly Header Block32256 = Make(
        1,
        "00000000984f962134a7291e3693075ae03e521f0ee33378ec30a334d860034b",
        "64b5e5f5a262f47af443a0120609206a3305877693edfe03e994f20a024ab627",
        1_262_153_464,
        0x1d00_d86a,
        121_087_187);

    public static TheoryData<string, string> All => new()
    {
        { nameof(Genesis), GenesisHash },
        { nameof(Block1), Block1Hash },
        { nameof(Block170), "00000000d1145790a8694403d4063f323d499e655c83426834d4ce2f8dd4a2ee" },
        { nameof(Block30240), "000000000fa8bfa0f0dd32f956b874b2c7f1772c5fbedcb1b35e03335c7fb0a8" },
        { nameof(Block32255), "00000000984f962134a7291e3693075ae03e521f0ee33378ec30a334d860034b" },
        { nameof(Block32256), "000000004f2886a170adb7204cb0c7a824217dd24d11a74423d564c4e0904967" },
        { nameof(Block125552), "00000000000000001e8d6829a8a21adc5d38d0a473b144b6765798e61f98bd1d" },
    };

    public static Header Named(string name) => name switch
    {
        nameof(Genesis) => Genesis,
        nameof(Block1) => Block1,
        nameof(Block170) => Block170,
        nameof(Block30240) => Block30240,
        nameof(Block32255) => Block32255,
        nameof(Block32256) => Block32256,
        nameof(Block125552) => Block125552,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such block"),
    };

    /// <summary>A hash of a tree, from the text in which Bitcoin prints it: the last byte first.</summary>
    public static Hash Node(string text) =>
        Bytes32.TryParse(text, out Bytes32 reversed)
            ? new Hash(reversed.Reversed())
            : throw new FormatException($"not a hash: {text}");

    private static Header Make(int version, string previous, string root, uint time, uint bits, uint nonce) =>
        BlockHash.TryParse(previous, out BlockHash hash)
            ? new Header(version, hash, Node(root), time, new CompactTarget(bits), nonce)
            : throw new FormatException($"not a hash: {previous}");
}
