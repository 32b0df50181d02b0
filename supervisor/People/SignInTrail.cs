using System.Collections.Frozen;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Audit;
using Sandbox.Supervisor.Limits;

namespace Sandbox.Supervisor.People;

/// <summary>Writes sign-ins into the audit of each tenant of the person; where there is none, into that of no tenant.</summary>
internal sealed class SignInTrail(AuditTrail trail, SessionStore sessions, TimeProvider time)
{
    public const string SignIn = "account.sign_in";
    public const string RecoveryCode = "account.recovery_code";
    private const string Lock = "account.lock";

    // A flood of wrong passwords must not fill the audit.
    private readonly MinuteRates<Guid> _refusals = new(time);

    public async Task DoneAsync(HttpContext context, Guid personId, string email, string action)
    {
        var entry = Entry(context, personId, email, action);
        foreach (var tenant in await TenantsAsync(personId)) await WriteAsync(entry, tenant);
    }

    /// <summary>Written once the answer is sent: it must not take longer where there is an account.</summary>
    public void Refused(HttpContext context, Guid personId, string email, Problem problem, bool locks)
    {
        var entries = new List<AuditEntry>();
        if (_refusals.Take(personId, perMinute: 1) is null)
            entries.Add(Entry(context, personId, email, SignIn) with { Outcome = AuditOutcome.Refused, Code = problem.Code });
        if (locks) entries.Add(Entry(context, personId, email, Lock));
        if (entries.Count == 0) return;
        context.Response.OnCompleted(async () =>
        {
            foreach (var tenant in await TenantsAsync(personId))
                foreach (var entry in entries) await WriteAsync(entry, tenant);
        });
    }

    /// <summary>The person's tenants but the one that the actor acts in, whose entry the request itself makes.</summary>
    public async Task OthersAsync(HttpContext context, Principal actor, Guid personId, string action)
    {
        var target = new AuditTarget("account", personId, null);
        var entry = RequestFacts.Entry(context, actor, action, time.GetUtcNow()) with { Target = target };
        foreach (var membership in await sessions.MembershipsAsync(personId, CancellationToken.None))
            if (membership.TenantId != actor.TenantId) await WriteAsync(entry, membership.TenantId);
    }

    private AuditEntry Entry(HttpContext context, Guid personId, string email, string action)
    {
        var person = new Principal(PrincipalKind.Member, personId, email, null, Superadmin: false, FrozenSet<string>.Empty);
        return RequestFacts.Entry(context, person, action, time.GetUtcNow()) with { Target = new AuditTarget("account", personId, email) };
    }

    private async Task<Guid?[]> TenantsAsync(Guid personId)
    {
        var memberships = await sessions.MembershipsAsync(personId, CancellationToken.None);
        return memberships.Count == 0 ? [null] : [.. memberships.Select(membership => (Guid?)membership.TenantId)];
    }

    private Task WriteAsync(AuditEntry entry, Guid? tenantId) =>
        trail.WriteAsync(entry with { Id = Guid.CreateVersion7(entry.At), TenantId = tenantId });
}
