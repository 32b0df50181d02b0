using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.History;

/// <summary>The filter of a list, for executions that are still in memory; the store says the same in SQL.</summary>
internal static class RecentFilter
{
    public static bool Matches(Execution execution, IReadOnlyList<LogLine> logs, ExecutionFilter filter) =>
        (filter.Script is null || execution.ScriptName == filter.Script || (Guid.TryParse(filter.Script, out var id) && execution.ScriptId == id))
        && (filter.Kind is null || execution.Kind == filter.Kind)
        && (filter.Status is null || execution.Status == filter.Status)
        && (filter.Code is null || execution.Code == filter.Code)
        && (filter.Trigger is null || HistoryRows.TriggerType(execution.Trigger, execution.Kind) == EnumText<TriggerType>.Of(filter.Trigger))
        && (filter.From is null || execution.CreatedAt >= filter.From)
        && (filter.To is null || execution.CreatedAt < filter.To)
        && (filter.DurationMsMin is null || execution.DurationMs >= filter.DurationMsMin)
        && (filter.DurationMsMax is null || execution.DurationMs <= filter.DurationMsMax)
        && filter.Labels.All(label => execution.Labels.TryGetValue(label.Key, out var value) && value == label.Value)
        && (filter.Text is null || (execution.Error?.Message.Contains(filter.Text, StringComparison.OrdinalIgnoreCase) ?? false)
            || logs.Any(line => line.Message.Contains(filter.Text, StringComparison.OrdinalIgnoreCase)));
}
