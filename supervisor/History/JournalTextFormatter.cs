using System.Buffers;
using System.Runtime.InteropServices;
using MessagePack;
using MessagePack.Formatters;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.History;

/// <summary>A string as UTF-8, or, where it has lone surrogates, as its UTF-16 bytes: UTF-8 would turn them into U+FFFD.</summary>
internal sealed class JournalTextFormatter : IMessagePackFormatter<string?>
{
    public void Serialize(ref MessagePackWriter writer, string? value, MessagePackSerializerOptions options)
    {
        if (value is not null && StoredText.HasLoneSurrogate(value))
            writer.Write(MemoryMarshal.AsBytes(value.AsSpan()));
        else
            writer.Write(value);
    }

    public string? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
        reader.NextMessagePackType == MessagePackType.Binary && reader.ReadBytes() is { } utf16
            ? new string(MemoryMarshal.Cast<byte, char>(utf16.ToArray()))
            : reader.ReadString();
}
