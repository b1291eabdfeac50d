using System.Diagnostics.CodeAnalysis;
using Blockchain.Core.Kernel;

namespace Blockchain.Wire.Http;

/// <summary>Fields of JSON objects as values; a fault names the field.</summary>
internal static class Parse
{
    public static FormatFaultException Fault(string field) =>
        new($"the field '{field}' is missing or is not what its name says");

    public static int Number(int? value, string field) => value is >= 0 ? value.Value : throw Fault(field);

    public static long Range(long value, string field) => value >= 0 ? value : throw Fault(field);

    public static string Text([NotNull] string? value, int characters, string field) =>
        value is not null && Characters.AreWellFormed(value) && Characters.Count(value) <= characters
            ? value
            : throw Fault(field);

    public static Hash Hash(string? value, string field) =>
        Core.Kernel.Hash.TryParse(value, out Hash hash) ? hash : throw Fault(field);

    public static PublicKey Key(string? value, string field) =>
        PublicKey.TryParse(value, out PublicKey key) ? key : throw Fault(field);

    public static Signature Signature(string? value, string field) =>
        Core.Kernel.Signature.TryParse(value, out Signature signature) ? signature : throw Fault(field);
}
