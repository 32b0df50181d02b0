using MessagePack;
using MessagePack.Formatters;
using MessagePack.Resolvers;

namespace Sandbox.Supervisor.History;

/// <summary>How the journal's members are written: strings whole, ids as 16 bytes, the rest as MessagePack does.</summary>
internal sealed class JournalResolver : IFormatterResolver
{
    public static readonly JournalResolver Instance = new();

    private JournalResolver()
    {
    }

    public IMessagePackFormatter<T>? GetFormatter<T>() => Cache<T>.Formatter;

    private static class Cache<T>
    {
        public static readonly IMessagePackFormatter<T>? Formatter =
            typeof(T) == typeof(string) ? (IMessagePackFormatter<T>)(object)new JournalTextFormatter()
            : typeof(T) == typeof(Guid) ? (IMessagePackFormatter<T>)(object)NativeGuidFormatter.Instance
            // The standard arrays of strings and numbers have formatters of their own, which pass strings by.
            : typeof(T) == typeof(string[]) ? (IMessagePackFormatter<T>)(object)new ArrayFormatter<string>()
            : StandardResolverAllowPrivate.Instance.GetFormatter<T>();
    }
}
