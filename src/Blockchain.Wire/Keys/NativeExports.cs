using System.Runtime.InteropServices;

namespace Blockchain.Wire.Keys;

/// <summary>Finds a library by any of its names, and functions in it.</summary>
internal sealed class NativeExports
{
    private readonly nint _library;

    private NativeExports(nint library) => _library = library;

    /// <summary>The first library that is there and has all the functions; null for none.</summary>
    /// <param name="names">File names to try, in order.</param>
    /// <param name="functions">What must be in it.</param>
    public static NativeExports? Find(IEnumerable<string> names, IReadOnlyList<string> functions)
    {
        foreach (string name in names)
        {
            if (!NativeLibrary.TryLoad(name, out nint library))
            {
                continue;
            }

            if (functions.All(function => NativeLibrary.TryGetExport(library, function, out _)))
            {
                return new NativeExports(library);
            }

            NativeLibrary.Free(library);
        }

        return null;
    }

    /// <summary>The address of a function.</summary>
    public nint this[string function] => NativeLibrary.GetExport(_library, function);
}
