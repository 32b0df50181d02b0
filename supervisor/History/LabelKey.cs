using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Sandbox.Supervisor.History;

/// <summary>
/// A label as the index has it: the first 16 bytes of a SHA-256, so that a key and a value of any length and with any characters fit.
/// </summary>
internal static class LabelKey
{
    private const int Bytes = 16;

    public static byte[] Of(string key, string value)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // The key's length tells "ab"="c" from "a"="bc".
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, key.Length);
        hash.AppendData(length);
        // UTF-16 as it is: UTF-8 would make all lone surrogates equal.
        hash.AppendData(MemoryMarshal.AsBytes(key.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(value.AsSpan()));
        return hash.GetHashAndReset()[..Bytes];
    }
}
