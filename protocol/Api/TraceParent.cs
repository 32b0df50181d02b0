using System.Buffers;
using System.Diagnostics;

namespace Sandbox.Protocol.Api;

/// <summary>The trace that a request belongs to (W3C Trace Context, <c>traceparent</c>).</summary>
public sealed class TraceParent
{
    private const int Length = 55;
    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");

    private readonly string _trace;
    private readonly string _flags;

    private TraceParent(string trace, string flags) => (_trace, _flags) = (trace, flags);

    /// <summary>Null where it is none: a caller's mistake in it is no reason to refuse anything.</summary>
    public static TraceParent? Parse(string? text)
    {
        if (text is null || text.Length < Length || text[2] != '-' || text[35] != '-' || text[52] != '-') return null;
        if (text.AsSpan(0, 2) is "ff" || (text.StartsWith("00", StringComparison.Ordinal) && text.Length != Length)) return null;
        var (trace, parent, flags) = (text[3..35], text[36..52], text[53..55]);
        foreach (var part in (string[])[text[..2], trace, parent, flags])
            if (part.AsSpan().ContainsAnyExcept(s_hex)) return null;
        return trace.All(c => c == '0') || parent.All(c => c == '0') ? null : new TraceParent(trace, flags);
    }

    /// <summary>What a call within it sends: the same trace, a span of its own.</summary>
    public string Child() => $"00-{_trace}-{ActivitySpanId.CreateRandom()}-{_flags}";
}
