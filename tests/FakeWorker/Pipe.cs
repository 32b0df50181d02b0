using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sandbox.FakeWorker;

/// <summary>Standard input and output as they are, without a console's ideas about them.</summary>
internal static class Pipe
{
    // Not the console's: its first write starts a thread, which a thread bomb leaves no room for.
    public static Stream Input { get; } = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);

    public static Stream Output { get; } = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);

    /// <summary>Byte by byte: what follows the line belongs to somebody else.</summary>
    public static string ReadLine()
    {
        var line = new StringBuilder();
        for (var value = Input.ReadByte(); value is not (-1 or '\n'); value = Input.ReadByte()) line.Append((char)value);
        return line.ToString();
    }

    public static void Say(string line)
    {
        Output.Write(Encoding.UTF8.GetBytes(line + "\n"));
        Output.Flush();
    }

    public static void Hang() => new ManualResetEventSlim().Wait();
}
