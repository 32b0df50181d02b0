namespace Sandbox.Supervisor.History;

/// <summary>A count of executions by one of the views of the overview; the fields of the other views are null.</summary>
/// <param name="Hour">By hour and status.</param>
/// <param name="Status">By hour and status.</param>
/// <param name="ScriptId">By script, whether it failed, and time that it ran.</param>
/// <param name="HasFailed">By script.</param>
/// <param name="Bucket">Of the time that it ran, or, without a script, that it waited; null: it did not run.</param>
/// <param name="Count">Executions.</param>
internal sealed record OverviewCell(DateTime? Hour, string? Status, Guid? ScriptId, bool? HasFailed, int? Bucket, long Count);
