using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Blockchain.Core.Kernel;

/// <summary>
/// SHA-256 (FIPS 180-4) of something short, such as a block. OpenSSL's own functions are called where they are found:
/// what the platform's wrapper does around them takes longer than hashing 200 bytes. Everywhere else, and for
/// something long, the platform's wrapper is used.
/// </summary>
internal static unsafe class Sha256
{
    // While it runs the collector cannot: so it must not take longer than a microsecond or two.
    private const int LongestHere = 1_024;

    // SHA256_CTX of openssl/sha.h: eight words of state, two of length, sixteen of data, two counters.
    private const int ContextBytes = 28 * sizeof(uint);

    // Elsewhere a bare name may be looked for in the working folder, too.
    private static readonly nint Library =
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libcrypto.so.3", out nint library) ? library : 0;

    private static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<byte*, int> Init =
        (delegate* unmanaged[Cdecl, SuppressGCTransition]<byte*, int>)Find("SHA256_Init");

    private static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<byte*, byte*, nuint, int> Update =
        (delegate* unmanaged[Cdecl, SuppressGCTransition]<byte*, byte*, nuint, int>)Find("SHA256_Update");

    private static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<byte*, byte*, int> Final =
        (delegate* unmanaged[Cdecl, SuppressGCTransition]<byte*, byte*, int>)Find("SHA256_Final");

    // The functions are marked as old in OpenSSL 3, so a library may come without them.
    private static readonly bool IsNative = Init != null && Update != null && Final != null;

    /// <summary>Hashes.</summary>
    /// <param name="data">What to hash.</param>
    /// <param name="digest">Gets the 32 bytes of the digest.</param>
    [SkipLocalsInit]
    public static void HashData(ReadOnlySpan<byte> data, Span<byte> digest)
    {
        Invariant.Holds(digest.Length >= Hash.Size, "a digest has 32 bytes");
        if (!IsNative || data.Length > LongestHere)
        {
            SHA256.HashData(data, digest);
            return;
        }

        byte* context = stackalloc byte[ContextBytes];
        fixed (byte* bytes = data)
        fixed (byte* result = digest)
        {
            bool done = Init(context) == 1 && Update(context, bytes, (nuint)data.Length) == 1
                && Final(result, context) == 1;
            Invariant.Holds(done, "SHA-256 of bytes in memory does not fail");
        }
    }

    private static nint Find(string function) =>
        Library != 0 && NativeLibrary.TryGetExport(Library, function, out nint address) ? address : 0;
}
