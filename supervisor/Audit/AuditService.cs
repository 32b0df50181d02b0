using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Audit;

/// <summary>The audit for those who may read it.</summary>
internal sealed class AuditService(AuditStore store) : IAudit
{
    private const int TextMax = 300;

    public async Task<Result<Page<AuditEntry>>> ListAsync(
        Principal principal, AuditFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.AuditRead);
        if ((entered.Problem ?? Refusal(filter)) is { } refused) return refused;
        return await store.ListAsync(entered.Value, filter, page, cancellationToken);
    }

    public async Task<Result<AuditEntry>> GetAsync(Principal principal, Guid id, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.AuditRead);
        if (entered.Problem is { } refused) return refused;
        return await store.GetAsync(entered.Value, id, cancellationToken) is { } entry ? entry : Missing(id);
    }

    public async Task<Result<Page<AuditEntry>>> ListAllAsync(
        Principal principal, AuditFilter filter, PageRequest page, CancellationToken cancellationToken) =>
        (principal.SuperadminRefusal() ?? Refusal(filter)) is { } refused
            ? refused
            : await store.ListAllAsync(filter, page, cancellationToken);

    public async Task<Result<AuditEntry>> GetAnyAsync(Principal principal, Guid id, CancellationToken cancellationToken)
    {
        if (principal.SuperadminRefusal() is { } refused) return refused;
        return await store.GetAnyAsync(id, cancellationToken) is { } entry ? entry : Missing(id);
    }

    private static Problem? Refusal(AuditFilter filter)
    {
        foreach (var (name, value) in new[] { ("actor", filter.Actor), ("action", filter.Action), ("target", filter.Target) })
        {
            if (value is not null && (value.Length > TextMax || !Text.IsStorable(value)))
                return Problem.Invalid(new FieldError(name, $"must be at most {TextMax} characters without NUL"));
        }

        return null;
    }

    private static Problem Missing(Guid id) => Problem.NotFound($"There is no entry {id} in the audit.");
}
