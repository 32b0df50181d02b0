using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Scripts;

/// <summary>A script with its live version, as the columns have them.</summary>
internal sealed class ScriptRow
{
    public required Guid Id { get; init; }
    public required Guid TenantId { get; init; }
    public required string Name { get; init; }
    public string? Title { get; init; }
    public string? Description { get; init; }
    public required string Kind { get; init; }
    public required string Source { get; init; }
    public required bool Enabled { get; init; }
    public string? DisabledReason { get; init; }
    public required bool Paused { get; init; }
    public string? PausedReason { get; init; }
    public required int ApiVersion { get; init; }
    public required string[] Tags { get; init; }
    public string? InputSchema { get; init; }
    public string? Uses { get; init; }
    public required string Record { get; init; }
    public string? Trigger { get; init; }
    public string? Retry { get; init; }
    public required int TimeoutMs { get; init; }
    public required long MemoryBytes { get; init; }
    public required int OutputBytes { get; init; }
    public required int Concurrency { get; init; }
    public required int Calls { get; init; }
    public required int Version { get; init; }
    public required Guid VersionId { get; init; }
    public required DateTime CreatedAt { get; init; }
    public required DateTime UpdatedAt { get; init; }

    /// <summary>What this version cannot read disables this one script and says so; it neither fails a list nor runs.</summary>
    public Script ToScript()
    {
        var script = Read(EnumText<ScriptKind>.TryParse(Kind) ?? ScriptKind.Embedded, EnumText<RecordPolicy>.TryParse(Record) ?? RecordPolicy.Metadata);
        var field = EnumText<ScriptKind>.TryParse(Kind) is null ? "kind"
            : EnumText<RecordPolicy>.TryParse(Record) is null ? "record"
            : ScriptWarnings.IsReadable(script.Kind, script.Trigger) ? null
            : "trigger";
        if (field is null) return script;
        var warning = $"{field}: this version cannot read what is stored. The script is disabled; write the field anew and enable the script";
        return script with { Enabled = false, DisabledReason = warning, Warnings = [warning] };
    }

    private Script Read(ScriptKind kind, RecordPolicy record) => new()
    {
        Id = Id,
        TenantId = TenantId,
        Name = Name,
        Title = StoredText.Decode(Title),
        Description = StoredText.Decode(Description),
        Kind = kind,
        Source = StoredText.Decode(Source)!,
        Enabled = Enabled,
        DisabledReason = StoredText.Decode(DisabledReason),
        Paused = Paused,
        PausedReason = StoredText.Decode(PausedReason),
        ApiVersion = ApiVersion,
        Tags = Array.ConvertAll(Tags, tag => StoredText.Decode(tag)!),
        InputSchema = Json(InputSchema),
        Uses = Json(Uses),
        Record = record,
        Trigger = Json(Trigger),
        Retry = Json(Retry),
        Limits = new ScriptLimits { TimeoutMs = TimeoutMs, MemoryBytes = MemoryBytes, OutputBytes = OutputBytes, Concurrency = Concurrency, Calls = Calls },
        Version = Version,
        VersionId = VersionId,
        CreatedAt = new DateTimeOffset(CreatedAt),
        UpdatedAt = new DateTimeOffset(UpdatedAt),
    };

    /// <summary>As named parameters; <c>json</c> columns are cast in the statement.</summary>
    public static object Parameters(Script script, string? createdBy = null, Script? current = null, string? message = null) => new
    {
        script.Id,
        script.TenantId,
        script.Name,
        title = StoredText.Encode(script.Title),
        description = StoredText.Encode(script.Description),
        kind = EnumText<ScriptKind>.Of(script.Kind),
        source = StoredText.Encode(script.Source),
        script.Enabled,
        disabledReason = StoredText.Encode(script.DisabledReason),
        script.Paused,
        pausedReason = StoredText.Encode(script.PausedReason),
        script.ApiVersion,
        tags = script.Tags.Select(StoredText.Encode).ToArray(),
        inputSchema = Text(script.InputSchema),
        uses = Text(script.Uses),
        record = EnumText<RecordPolicy>.Of(script.Record),
        trigger = Text(script.Trigger),
        retry = Text(script.Retry),
        script.Limits.TimeoutMs,
        script.Limits.MemoryBytes,
        script.Limits.OutputBytes,
        script.Limits.Concurrency,
        script.Limits.Calls,
        script.Version,
        script.VersionId,
        createdBy = StoredText.Encode(createdBy),
        message = StoredText.Encode(message),
        expected = current?.UpdatedAt.UtcDateTime,
    };

    private static RawJson? Json(string? text) => text is null ? null : new RawJson(text);

    private static string? Text(RawJson? json) => json is { } some ? StoredText.EncodeJson(some.ToString()) : null;
}
