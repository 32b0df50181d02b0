using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Alerts;

/// <summary>
/// One round's decisions, without a database: signals and standing trouble come in, alerts open, count and close; then each rule says
/// what it has to tell. One alert stands for all that one condition of one rule finds with one script until it ends.
/// </summary>
/// <param name="rules">Those in force.</param>
/// <param name="alerts">Open ones, those with something to tell, and those that closed within <see cref="Reopens"/>.</param>
/// <param name="watches">Failures in a row of scripts whose next success matters.</param>
internal sealed class AlertBook(
    IReadOnlyList<TenantRule> rules,
    IEnumerable<TrackedAlert> alerts,
    IEnumerable<KeyValuePair<(Guid Tenant, Guid Script), int>> watches,
    DateTimeOffset now)
{
    /// <summary>What comes back within this time is the same alert: trouble that comes and goes is one.</summary>
    public static readonly TimeSpan Reopens = TimeSpan.FromHours(1);

    private static readonly TimeSpan s_again = TimeSpan.FromDays(1);
    private static readonly AlertCondition[] s_standing = [AlertCondition.Late, AlertCondition.Paused, AlertCondition.DeadLetters];

    private readonly Dictionary<Key, TrackedAlert> _alerts = alerts
        .GroupBy(Key.Of)
        .ToDictionary(group => group.Key, group => group.MaxBy(alert => alert.ClosedAt ?? DateTimeOffset.MaxValue)!);

    private readonly Dictionary<(Guid Tenant, Guid Script), int> _watches = new(watches);
    private readonly HashSet<Key> _changed = [];
    private readonly HashSet<(Guid Tenant, Guid Script)> _rewatched = [];

    /// <summary>Alerts that are not as they were.</summary>
    public IEnumerable<TrackedAlert> Changed => _changed.Select(key => _alerts[key]);

    /// <summary>Scripts whose failures in a row are not as they were; null: they are watched no longer.</summary>
    public IEnumerable<((Guid Tenant, Guid Script) Script, int? Failures)> Rewatched =>
        _rewatched.Select(script => (script, _watches.TryGetValue(script, out var failures) ? failures : (int?)null));

    public void Apply(Signal signal)
    {
        var script = (signal.TenantId, signal.ScriptId);
        var streak = (signal.Succeeded ? 0 : _watches.GetValueOrDefault(script)) + signal.FailuresAfter;
        var ended = signal.Succeeded && signal.FailuresAfter == 0;
        foreach (var rule in rules.Where(rule => rule.TenantId == signal.TenantId))
        {
            if (signal.Failures > 0 && rule.Covers(AlertCondition.Failure, signal.ScriptId, signal.Kind))
                Raise(rule, AlertCondition.Failure, signal, signal.Failures);
            if (signal.Missed > 0 && rule.Covers(AlertCondition.Missed, signal.ScriptId, signal.Kind))
                Raise(rule, AlertCondition.Missed, signal, signal.Missed);
            if (signal.FailuresAfter > 0 && streak >= rule.Rule.Failures && rule.Covers(AlertCondition.RepeatedFailure, signal.ScriptId, signal.Kind))
                Raise(rule, AlertCondition.RepeatedFailure, signal, IsOpen(rule, AlertCondition.RepeatedFailure, signal.ScriptId) ? signal.FailuresAfter : streak);
            if (signal.Succeeded && streak < rule.Rule.Failures) Close(rule, AlertCondition.RepeatedFailure, signal.ScriptId);
            if (!ended) continue;
            Close(rule, AlertCondition.Failure, signal.ScriptId);
            Close(rule, AlertCondition.Missed, signal.ScriptId);
        }

        if (ended)
        {
            if (_watches.Remove(script)) _rewatched.Add(script);
        }
        else if (!_watches.TryGetValue(script, out var before) || before != streak)
        {
            _watches[script] = streak;
            _rewatched.Add(script);
        }
    }

    /// <summary>All there is of such trouble: what is open and not among it has ended.</summary>
    public void Apply(IReadOnlyList<Standing> standing)
    {
        var found = new HashSet<Key>();
        foreach (var one in standing)
        {
            foreach (var rule in rules.Where(rule => rule.TenantId == one.TenantId && rule.Covers(one.Condition, one.ScriptId, one.Kind)))
            {
                if (one.Condition == AlertCondition.Late && one.Since > now - TimeSpan.FromSeconds(rule.Rule.LateAfterS)) continue;
                if (one.Condition == AlertCondition.DeadLetters && one.Count < rule.Rule.DeadLetters) continue;
                found.Add(Stands(rule, one));
            }
        }

        foreach (var rule in rules)
            foreach (var open in _alerts.Values.Where(alert => alert.ClosedAt is null && s_standing.Contains(alert.Condition) && IsOf(alert, rule)).ToArray())
                if (!found.Contains(Key.Of(open))) Close(rule, open.Condition, open.ScriptId);
    }

    /// <summary>Ends what no rule in force stands behind. Nobody is told.</summary>
    public void CloseOrphans()
    {
        foreach (var (key, alert) in _alerts.ToArray())
        {
            if (rules.Any(rule => IsOf(alert, rule)) || (alert.ClosedAt is not null && alert.PendingSince is null)) continue;
            Set(key, alert with { ClosedAt = alert.ClosedAt ?? now, PendingSince = null });
        }
    }

    /// <summary>What is to be told now: one message for a rule, however many alerts have something new. They count as told.</summary>
    public IReadOnlyList<PlannedMessage> Tell()
    {
        var messages = new List<PlannedMessage>();
        foreach (var rule in rules)
        {
            var pending = _alerts.Where(pair => pair.Value.PendingSince is not null && IsOf(pair.Value, rule)).ToArray();
            if (pending.Length == 0) continue;
            var hasChannels = rule.Rule.Channels.Count > 0;
            if (hasChannels && (rule.QuietUntil > now || pending.Min(pair => pair.Value.PendingSince) + TimeSpan.FromSeconds(rule.Rule.WaitS) > now)) continue;
            if (hasChannels) messages.Add(new PlannedMessage(Guid.CreateVersion7(now), rule, [.. pending.Select(pair => pair.Value).OrderByDescending(alert => alert.LastAt)], now));
            foreach (var (key, alert) in pending)
                Set(key, alert with { Told = alert.Count, ToldAt = hasChannels ? now : alert.ToldAt, PendingSince = null });
        }

        return messages;
    }

    private void Raise(TenantRule rule, AlertCondition condition, Signal signal, int by)
    {
        var key = new Key(rule.TenantId, rule.Rule.Name, condition, signal.ScriptId);
        var alert = _alerts.GetValueOrDefault(key) ?? new TrackedAlert(
            rule.TenantId, Guid.CreateVersion7(now), rule.Rule.Name, condition, signal.ScriptId, signal.ScriptName, 0, 0, null, signal.At, signal.At, null,
            null, null, null, null);
        Set(key, alert with
        {
            ScriptName = signal.ScriptName,
            Count = alert.Count + by,
            LastAt = signal.At,
            ClosedAt = null,
            PendingSince = alert.PendingSince ?? now,
            ExecutionId = signal.ExecutionId ?? alert.ExecutionId,
            Code = signal.Code ?? alert.Code,
            Message = signal.Message ?? alert.Message,
        });
    }

    private Key Stands(TenantRule rule, Standing one)
    {
        var key = new Key(rule.TenantId, rule.Rule.Name, one.Condition, one.ScriptId);
        var known = _alerts.GetValueOrDefault(key);
        var alert = known ?? new TrackedAlert(
            rule.TenantId, Guid.CreateVersion7(now), rule.Rule.Name, one.Condition, one.ScriptId, one.ScriptName, one.Count, 0, null, one.Since, now, null, now,
            null, null, one.Message);
        if (known is { ClosedAt: null } && one.Count <= known.Count && !(one.HoldsWork && known.PendingSince is null && known.ToldAt <= now - s_again)) return key;
        Set(key, alert with
        {
            ScriptName = one.ScriptName,
            Count = Math.Max(one.Count, alert.Count),
            LastAt = now,
            ClosedAt = null,
            PendingSince = alert.PendingSince ?? now,
            Message = one.Message,
        });
        return key;
    }

    private void Close(TenantRule rule, AlertCondition condition, Guid scriptId)
    {
        var key = new Key(rule.TenantId, rule.Rule.Name, condition, scriptId);
        if (!_alerts.TryGetValue(key, out var alert) || alert.ClosedAt is not null) return;
        // Trouble that nobody was told of yet is told with its end.
        var tells = alert.PendingSince is not null || rule.Rule.On.Contains(AlertCondition.Recovery);
        Set(key, alert with { ClosedAt = now, PendingSince = tells ? alert.PendingSince ?? now : null });
    }

    private bool IsOpen(TenantRule rule, AlertCondition condition, Guid scriptId) =>
        _alerts.TryGetValue(new Key(rule.TenantId, rule.Rule.Name, condition, scriptId), out var alert) && alert.ClosedAt is null;

    private static bool IsOf(TrackedAlert alert, TenantRule rule) => alert.TenantId == rule.TenantId && alert.Rule == rule.Rule.Name;

    private void Set(Key key, TrackedAlert alert)
    {
        _alerts[key] = alert;
        _changed.Add(key);
    }

    private readonly record struct Key(Guid TenantId, string Rule, AlertCondition Condition, Guid ScriptId)
    {
        public static Key Of(TrackedAlert alert) => new(alert.TenantId, alert.Rule, alert.Condition, alert.ScriptId);
    }
}
