using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Audit;

/// <summary>
/// Lets 60 attempts of an actor that came to nothing through in a minute, and counts the rest: whoever has a token must not fill the table.
/// The windows are as many as the actors that failed within a minute or two.
/// </summary>
internal sealed class AuditBound(TimeProvider time)
{
    public const int PerMinute = 60;

    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<(PrincipalKind Kind, Guid Id), Window> _windows = [];

    /// <summary>The entries to write now: this one or none, before it the count of a window that is over.</summary>
    public IReadOnlyList<AuditEntry> Admit(AuditEntry entry)
    {
        lock (_lock)
        {
            var key = (entry.Actor.Kind, entry.Actor.Id);
            var over = _windows.TryGetValue(key, out var window) && IsOver(window) ? window.Rest : null;
            if (window is null || IsOver(window)) _windows[key] = window = new Window(time.GetTimestamp());
            if (++window.Count <= PerMinute) return over is null ? [entry] : [over, entry];
            window.Last = entry;
            return over is null ? [] : [over];
        }
    }

    /// <summary>The counts of the windows that are over.</summary>
    /// <param name="openToo">And of those that are not.</param>
    public IReadOnlyList<AuditEntry> Flush(bool openToo)
    {
        lock (_lock)
        {
            var over = _windows.Where(pair => openToo || IsOver(pair.Value)).ToArray();
            foreach (var (key, _) in over) _windows.Remove(key);
            return [.. over.Select(pair => pair.Value.Rest).OfType<AuditEntry>()];
        }
    }

    private bool IsOver(Window window) => time.GetElapsedTime(window.Start) >= s_window;

    private sealed class Window(long start)
    {
        public long Start => start;
        public int Count { get; set; }
        public AuditEntry? Last { get; set; }

        /// <summary>The last attempt that has no entry, with the number of the others; null: all have one.</summary>
        public AuditEntry? Rest => Last is { } last ? last with { Repeated = Count - PerMinute - 1 } : null;
    }
}
