using System.Text.Json.Serialization;
using Sandbox.Protocol.Text;

namespace Sandbox.Protocol.Api;

/// <summary>One thing that somebody did or tried to do.</summary>
public sealed record AuditEntry
{
    public required Guid Id { get; init; }

    /// <summary>The tenant that it is about; null: none.</summary>
    public Guid? TenantId { get; init; }

    public required DateTimeOffset At { get; init; }
    public required AuditActor Actor { get; init; }

    /// <summary>Noun and verb: <c>scripts.publish</c>. Of a refused read or run the permission that was lacking.</summary>
    public required string Action { get; init; }

    public AuditTarget? Target { get; init; }
    public required AuditOutcome Outcome { get; init; }

    /// <summary>One of <see cref="Codes"/>; null where it was done.</summary>
    public string? Code { get; init; }

    /// <summary>
    /// Fields as they were; of a change only those that differ. Never a secret; of a source or an input
    /// <c>{sha256, bytes}</c>. A value that is too long for the 16 KB of all is <c>{cut, bytes}</c>. Null where there was nothing.
    /// </summary>
    public RawJson? Before { get; init; }

    /// <summary>Fields as they became, and those that the request gave; see <see cref="Before"/>.</summary>
    public RawJson? After { get; init; }

    public required AuditRequest Request { get; init; }

    /// <summary>The execution that it made or ended.</summary>
    public Guid? ExecutionId { get; init; }

    /// <summary>Attempts of the same actor within that minute that have no entry of their own; this is the last of them.</summary>
    public int Repeated { get; init; }
}

/// <summary>Who did it.</summary>
/// <param name="Id">The token or the member; empty for the product itself.</param>
/// <param name="Name">As it was then.</param>
public sealed record AuditActor(
    PrincipalKind Kind,
    Guid Id,
    [property: JsonConverter(typeof(LosslessStringConverter))] string Name);

/// <summary>What it was done to.</summary>
/// <param name="Kind">A noun: <c>script</c>, <c>token</c>, <c>alert_rule</c>.</param>
/// <param name="Id">Null where such things have none, or it is not known.</param>
/// <param name="Name">As it was then, at most 300 characters; null where such things have none.</param>
public sealed record AuditTarget(
    string Kind,
    Guid? Id,
    [property: JsonConverter(typeof(LosslessStringConverter))] string? Name);

/// <summary>By what request.</summary>
/// <param name="Route">The template of its path.</param>
/// <param name="Id">As the supervisor's log has it.</param>
/// <param name="RemoteAddress">Where it came from, a trusted proxy's word included; null: from this machine's socket.</param>
/// <param name="UserAgent">At most 300 characters.</param>
public sealed record AuditRequest(
    string Method,
    string Route,
    string Id,
    string? RemoteAddress,
    [property: JsonConverter(typeof(LosslessStringConverter))] string? UserAgent);

/// <summary>What became of it.</summary>
public enum AuditOutcome
{
    [JsonStringEnumMemberName("done")] Done = 0,

    /// <summary>The actor may not do this.</summary>
    [JsonStringEnumMemberName("refused")] Refused,

    /// <summary>It could not be done.</summary>
    [JsonStringEnumMemberName("failed")] Failed,
}

/// <summary>Which entries; null: all.</summary>
/// <param name="Actor">Id or name.</param>
/// <param name="Action">A whole action, or its beginning and a star: <c>scripts.*</c>.</param>
/// <param name="Target">Id or name.</param>
public sealed record AuditFilter(
    string? Actor = null,
    string? Action = null,
    string? Target = null,
    AuditOutcome? Outcome = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null);

/// <summary>Who did what. Nobody changes it.</summary>
public interface IAudit
{
    /// <summary>Of the tenant acted in, the newest first. Asks for <see cref="Permissions.AuditRead"/>.</summary>
    Task<Result<Page<AuditEntry>>> ListAsync(
        Principal principal, AuditFilter filter, PageRequest page, CancellationToken cancellationToken);

    /// <summary>Of the tenant acted in; 404 where there is none. Asks for <see cref="Permissions.AuditRead"/>.</summary>
    Task<Result<AuditEntry>> GetAsync(Principal principal, Guid id, CancellationToken cancellationToken);

    /// <summary>Of every tenant, those that are gone included, and of none. Asks for a superadmin.</summary>
    Task<Result<Page<AuditEntry>>> ListAllAsync(
        Principal principal, AuditFilter filter, PageRequest page, CancellationToken cancellationToken);

    /// <summary>One of those; 404 where there is none. Asks for a superadmin.</summary>
    Task<Result<AuditEntry>> GetAnyAsync(Principal principal, Guid id, CancellationToken cancellationToken);
}
