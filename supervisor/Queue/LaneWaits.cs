using System.Collections.Concurrent;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Queue;

/// <summary>Why due work of a script was left waiting, and since when, for the record of what it waited for.</summary>
internal sealed class LaneWaits(TimeProvider time)
{
    private readonly ConcurrentDictionary<Guid, (WaitReason Reason, long Since)> _waits = new();

    /// <summary>Called in each round for each script with due work.</summary>
    public void Note(Guid scriptId, WaitReason? reason)
    {
        if (reason is not { } some) _waits.TryRemove(scriptId, out _);
        else if (!_waits.TryGetValue(scriptId, out var wait) || wait.Reason != some) _waits[scriptId] = (some, time.GetTimestamp());
    }

    /// <summary>Why due work of a script waits since the last round; null: it does not.</summary>
    public WaitReason? Reason(Guid scriptId) => _waits.TryGetValue(scriptId, out var wait) ? wait.Reason : null;

    /// <summary>What an attempt waited for that is taken now.</summary>
    public QueueReasons Of(Guid scriptId, TimeSpan waited)
    {
        if (!_waits.TryGetValue(scriptId, out var wait)) return default;
        var ms = Math.Round(Math.Min(waited.TotalMilliseconds, time.GetElapsedTime(wait.Since).TotalMilliseconds), 1);
        return wait.Reason switch
        {
            WaitReason.Script => new QueueReasons(ms, 0, 0),
            WaitReason.Tenant => new QueueReasons(0, ms, 0),
            WaitReason.Node => new QueueReasons(0, 0, ms),
            _ => throw new InvalidOperationException($"No reason {wait.Reason}."),
        };
    }

    /// <summary>Scripts without due work wait for nothing.</summary>
    public void Keep(HashSet<Guid> scripts)
    {
        foreach (var gone in _waits.Keys.Where(id => !scripts.Contains(id))) _waits.TryRemove(gone, out _);
    }
}

/// <summary>What is used up.</summary>
internal enum WaitReason
{
    /// <summary>The script's concurrency.</summary>
    Script,

    /// <summary>The tenant's concurrency.</summary>
    Tenant,

    /// <summary>What this node may have in hand.</summary>
    Node,
}
