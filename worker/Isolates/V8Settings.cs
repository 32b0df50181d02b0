using System.Runtime.InteropServices;
using System.Text;
using Sandbox.Worker.Process;

namespace Sandbox.Worker.Isolates;

/// <summary>Flags of V8 itself. ClearScript has no door to them, so they go through V8's exported <c>SetFlagsFromString</c>, before the first engine.</summary>
internal static unsafe class V8Settings
{
    // eval and the four function constructors, whatever leads to them: src/codegen/compiler.cc, ModifyCodeGenerationFromStrings.
    // Positions are otherwise collected by parsing again when a stack is taken, which fails where the stack is used up: an endless recursion would have no line.
    // While a loop waits for its optimised code from another thread it looks at no interrupt (V8 14.7): `for (;;) a.push(new Array(1000))` heeded neither
    // the heap limit nor Interrupt for as long as it was watched, and does at once where that code is made on its own thread.
    private const string Flags = "--disallow-code-generation-from-strings --no-enable-lazy-source-positions --no-concurrent-osr";
    private const string Library = "ClearScriptV8.linux-x64.so";
    private const string Symbol = "_ZN2v82V818SetFlagsFromStringEPKc";

    /// <summary>As the native library names it.</summary>
    public static string EngineVersion { get; private set; } = "V8";

    public static void Apply()
    {
        var library = NativeLibrary.Load(Find());
        if (!NativeLibrary.TryGetExport(library, Symbol, out var address)) throw new HardeningException($"{Library} does not export {Symbol}");
        var set = (delegate* unmanaged<byte*, void>)address;
        LocaleData.Apply(library);
        fixed (byte* flags = Encoding.ASCII.GetBytes(Flags + "\0")) set(flags);
        if (NativeLibrary.TryGetExport(library, "_ZN2v82V810GetVersionEv", out var version))
            EngineVersion = "V8 " + Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)version)());
    }

    private static string Find()
    {
        var beside = Path.Combine(AppContext.BaseDirectory, Library);
        return File.Exists(beside) ? beside : Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", Library);
    }
}
