using System.Text;

namespace Sandbox.FakeWorker;

/// <summary>Standard input and output as they are, without a console's ideas about them.</summary>
internal static class Pipe
{
    public static Stream Input { get; } = Console.OpenStandardInput();

    public static Stream Output { get; } = Console.OpenStandardOutput();

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
