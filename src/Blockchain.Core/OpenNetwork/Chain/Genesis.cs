using System.Globalization;
using Blockchain.Core.Kernel;

namespace Blockchain.Core.OpenNetwork;

/// <summary>The first block of a network: one coinbase that pays nothing and says all numbers of the network. Its
/// hash is the network's id.</summary>
public static class Genesis
{
    /// <summary>Makes the first block. It is known to all and needs no work.</summary>
    /// <param name="parameters">The network; its name has at most
    /// <see cref="OpenLimits.NetworkNameCharacters"/> characters.</param>
    public static Block Of(NetworkParameters parameters)
    {
        Transaction.Coinbase coinbase = new(0, 0, TextOf(parameters), []);
        Hash root = Block.RootOf([coinbase], out _);
        Header header = new(
            Header.CurrentVersion, BlockHash.Zero, root, parameters.GenesisTime, parameters.StartBits, Nonce: 0);
        return new Block(header, [coinbase]);
    }

    /// <summary>Whether a network may have this name: 1 to 64 characters, none of them a control character.</summary>
    public static bool IsName(string name) =>
        name.Length > 0
        && name.Length <= OpenLimits.NetworkNameCharacters
        && Characters.AreWellFormed(name)
        && !name.Any(char.IsControl);

    private static string TextOf(NetworkParameters parameters) => string.Create(
        CultureInfo.InvariantCulture,
        $"{parameters.Name}; spacing {parameters.SpacingSeconds}, window {parameters.RetargetWindow}, "
        + $"adjustment {parameters.MaxAdjustment}, retargets {(parameters.Retargets ? 1 : 0)}, "
        + $"limit {parameters.LimitBits}, start {parameters.StartBits}, reward {parameters.RewardUnits}, "
        + $"halving {parameters.HalvingInterval}, bytes {parameters.MaxBlockBytes}, "
        + $"maturity {parameters.CoinbaseMaturity}");
}
