using System.Runtime.InteropServices;
using SQLitePCL;

namespace Blockchain.Wire.Files;

/// <summary>
/// Chooses the SQLite to run on: the system's where it is newer than the bundled one (it gets the fixes), else the
/// bundled one. Call before anything touches SQLite.
/// </summary>
public static class SqliteLibrary
{
    private const string BundledName = "e_sqlite3";
    private const string SystemName = "libsqlite3.so.0";
    private const int BundledVersion = 3_035_005;
    private static readonly Lazy<bool> Loaded = new(Load);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Query();

    /// <summary>Loads the library, once per process.</summary>
    public static void Initialize() => _ = Loaded.Value;

    private static bool Load()
    {
        if (OperatingSystem.IsLinux())
        {
            NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, static (name, _, _) =>
                name == BundledName ? FindNewer() : 0);
        }

        Batteries_V2.Init();
        return true;
    }

    // 0 lets the runtime look for the bundled library as usual.
    private static nint FindNewer()
    {
        if (!NativeLibrary.TryLoad(SystemName, out nint library))
        {
            return 0;
        }

        bool fits = Ask(library, "sqlite3_libversion_number") > BundledVersion
            && Ask(library, "sqlite3_threadsafe") > 0;
        if (!fits)
        {
            NativeLibrary.Free(library);
        }

        return fits ? library : 0;
    }

    private static int Ask(nint library, string function) =>
        NativeLibrary.TryGetExport(library, function, out nint address)
            ? Marshal.GetDelegateForFunctionPointer<Query>(address)()
            : 0;
}
