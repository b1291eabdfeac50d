using System.Buffers.Binary;
using System.Security.Cryptography;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Client.Hosting;

/// <summary>Makes ids of transfers: version 7 of RFC 9562, section 5.7. Chance is fetched for many at a time, since the
/// platform asks its system for each. Any thread may ask.</summary>
internal sealed class TransferIds
{
    private const int RandomBytes = 10;
    private const int TimeShift = 80;
    private const int AtATime = 256;
    private static readonly UInt128 VersionAndVariant = ((UInt128)7 << 76) | ((UInt128)2 << 62);
    private static readonly UInt128 NotChance = ((UInt128)0xF << 76) | ((UInt128)3 << 62);

    private readonly Lock _gate = new();
    private readonly byte[] _chance = new byte[AtATime * RandomBytes];
    private int _used = AtATime;

    /// <summary>The next id.</summary>
    /// <param name="unixMs">Now, in milliseconds since 1970.</param>
    public TransferId Next(long unixMs)
    {
        lock (_gate)
        {
            if (_used == AtATime)
            {
                RandomNumberGenerator.Fill(_chance);
                _used = 0;
            }

            ReadOnlySpan<byte> chance = _chance.AsSpan(RandomBytes * _used++);
            UInt128 random = new(
                BinaryPrimitives.ReadUInt16LittleEndian(chance),
                BinaryPrimitives.ReadUInt64LittleEndian(chance[sizeof(ushort)..]));
            return new TransferId(((UInt128)(ulong)unixMs << TimeShift) | (random & ~NotChance) | VersionAndVariant);
        }
    }
}
