using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Sandbox.Worker.Process;

namespace Sandbox.Worker.Isolates;

/// <summary>
/// Gives V8's ICU the data of all locales, from a file beside the worker. ClearScript brings data of 70 languages, and copies them
/// into the process. ICU maps the file instead, read-only and shared, and all workers of a machine share its pages.
/// </summary>
internal static unsafe class LocaleData
{
    private const string File = "icudt77l.dat";
    private const string Symbol = "V8Environment_InitializeICU";
    private const int HeaderBytes = 32;

    /// <summary>Stands before the first engine: ICU takes the first data that it is given.</summary>
    public static void Apply(nint library)
    {
        var directory = AppContext.BaseDirectory;
        // ICU answers a missing file with the root locale, without an error.
        if (!System.IO.File.Exists(Path.Combine(directory, File))) throw new HardeningException($"{File} is missing in {directory}");
        if (!NativeLibrary.TryGetExport(library, Symbol, out var address)) throw new HardeningException($"{Symbol} is not exported");
        // .NET keeps its own environment; ICU asks the C library's.
        if (Native.SetEnv("ICU_DATA", directory, 1) != 0) throw new HardeningException($"setenv: errno {Marshal.GetLastPInvokeError()}");
        var initialize = (delegate* unmanaged<byte*, uint, void>)address;
        var package = EmptyPackage();
        fixed (byte* bytes = package) initialize(bytes, (uint)package.Length);
    }

    /// <summary>
    /// A package of data with nothing in it (udata.h, ucmndata.h). V8 copies the first package and ignores later ones, so ClearScript's
    /// are not copied. ICU finds nothing in this one and looks for the file.
    /// </summary>
    private static byte[] EmptyPackage()
    {
        var package = new byte[HeaderBytes + 16];
        BinaryPrimitives.WriteUInt16LittleEndian(package, HeaderBytes);
        package[2] = 0xda;
        package[3] = 0x27;
        package[4] = 20; // bytes of what describes the data
        package[10] = 2; // bytes of a character
        "CmnD"u8.CopyTo(package.AsSpan(12));
        package[16] = 1; // the format's version
        return package;
    }
}
