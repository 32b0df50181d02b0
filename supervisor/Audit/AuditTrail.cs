using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Audit;

/// <summary>
/// Writes entries. An entry that cannot be written is logged and counted; what it tells of stays done, and its caller gets the answer.
/// </summary>
internal sealed class AuditTrail(AuditStore store, AuditBound bound, TimeProvider time, ILogger<AuditTrail> logger) : IAuditTrail
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public Task RefusedAsync(HttpContext context, Principal principal, Problem problem)
    {
        var metadata = context.GetEndpoint()!.Metadata;
        var audited = metadata.GetMetadata<Audited>();
        var action = audited?.Action ?? (metadata.GetMetadata<Access>() is Access.Permitted permitted ? permitted.Permission
            : metadata.GetMetadata<NeedsAttribute>()?.Permission ?? "superadmin");
        var entry = RequestFacts.Entry(context, principal, action, time.GetUtcNow()) with
        {
            Outcome = AuditOutcome.Refused,
            Code = problem.Code,
        };
        return WriteAsync(audited is null ? entry : entry with { Target = RequestFacts.Target(context, audited.Subject, null, null) });
    }

    public async Task WriteAsync(AuditEntry entry)
    {
        foreach (var written in entry.Outcome == AuditOutcome.Done ? [entry] : bound.Admit(entry)) await InsertAsync(written);
    }

    /// <inheritdoc cref="AuditBound.Flush"/>
    public async Task FlushAsync(bool openToo)
    {
        foreach (var entry in bound.Flush(openToo)) await InsertAsync(entry);
    }

    private async Task InsertAsync(AuditEntry entry)
    {
        var outcome = EnumText<AuditOutcome>.Of(entry.Outcome);
        try
        {
            using var patience = new CancellationTokenSource(s_patience, time);
            await store.InsertAsync(entry, patience.Token);
            AuditMetrics.Count(outcome);
        }
        catch (Exception e)
        {
            AuditMetrics.Count("lost");
            AuditLog.Lost(logger, e, entry.Action, outcome, EnumText<PrincipalKind>.Of(entry.Actor.Kind), entry.Actor.Id, entry.Request.Id);
        }
    }
}
