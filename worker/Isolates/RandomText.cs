using Sandbox.Worker.Process;

namespace Sandbox.Worker.Isolates;

/// <summary>Random bytes for a script, as text: only text crosses into an isolate.</summary>
/// <remarks>They are the kernel's: .NET's own generator would load OpenSSL, which a worker has not.</remarks>
internal static class RandomText
{
    /// <summary>Bytes of one call, as the web has it for <c>crypto.getRandomValues</c>.</summary>
    private const int BytesMax = 65_536;

    /// <summary>getrandom(2): so many bytes come whole, whatever signals arrive.</summary>
    private const int ChunkBytes = 256;

    /// <summary>Each byte as one character.</summary>
    public static string Of(int bytes) => string.Create(Math.Clamp(bytes, 0, BytesMax), 0, static (text, _) =>
    {
        Span<byte> chunk = stackalloc byte[ChunkBytes];
        for (var at = 0; at < text.Length; at += ChunkBytes)
        {
            if (Native.GetRandom(chunk, ChunkBytes, 0) != ChunkBytes) throw new InvalidOperationException("The kernel gave no random bytes.");
            for (var i = 0; i < Math.Min(ChunkBytes, text.Length - at); i++) text[at + i] = (char)chunk[i];
        }
    });
}
