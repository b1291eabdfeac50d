using System.Security.Cryptography;
using Blockchain.Core.Kernel;

namespace Blockchain.Wire.Keys;

/// <summary>A P-256 key pair: what makes a client, or the bank, the one it says it is. Any thread may sign.</summary>
public sealed class KeyPair : IDisposable
{
    private const int KeyBits = 256;
    private const string CurveOid = "1.2.840.10045.3.1.7";
    private readonly Lock _lock = new();
    private readonly ECDsa _ecdsa;

    private KeyPair(ECDsa ecdsa)
    {
        _ecdsa = ecdsa;
        ECPoint point = ecdsa.ExportParameters(includePrivateParameters: false).Q;
        PublicKey = new PublicKey(new Bytes32(point.X), new Bytes32(point.Y));
    }

    /// <summary>The half that others may know.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>Makes a new pair from the platform's source of randomness.</summary>
    public static KeyPair Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads what <see cref="ExportPem"/> wrote.</summary>
    /// <param name="pem">A private key in PEM form (PKCS #8, or SEC 1).</param>
    /// <exception cref="FormatFaultException">The text is no private P-256 key.</exception>
    public static KeyPair Load(string pem)
    {
        ECDsa ecdsa = ECDsa.Create();
        try
        {
            ecdsa.ImportFromPem(pem);
            ECParameters parameters = ecdsa.ExportParameters(includePrivateParameters: true);
            bool otherCurve = parameters.Curve.Oid.Value is { } oid && oid != CurveOid;
            CryptographicOperations.ZeroMemory(parameters.D);
            if (!otherCurve && ecdsa.KeySize == KeyBits)
            {
                return new KeyPair(ecdsa);
            }
        }
        catch (Exception fault)
            when (fault is ArgumentException or CryptographicException or PlatformNotSupportedException)
        {
            // The last is a key on a curve that the platform does not have.
        }

        ecdsa.Dispose();
        throw new FormatFaultException("the text is no private P-256 key in PEM form");
    }

    /// <summary>The private key in PEM form (PKCS #8, not encrypted): whoever reads it can pay from the
    /// account.</summary>
    public string ExportPem()
    {
        lock (_lock)
        {
            return _ecdsa.ExportPkcs8PrivateKeyPem();
        }
    }

    /// <summary>Signs a SHA-256 digest.</summary>
    public Signature Sign(Hash digest)
    {
        Span<byte> input = stackalloc byte[Hash.Size];
        Span<byte> output = stackalloc byte[Signature.Size];
        digest.CopyTo(input);
        lock (_lock)
        {
            int length = _ecdsa.SignHash(input, output, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
            Invariant.Holds(length == Signature.Size, "a P-256 signature has 64 bytes");
        }

        return new Signature(output);
    }

    /// <inheritdoc/>
    public void Dispose() => _ecdsa.Dispose();
}
