using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Changes;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Tenants;

/// <summary>Tenants: rules before the store, the feed into memory after it.</summary>
internal sealed class TenantService(TenantStore store, ChangesFeed changes, ITenantEviction work, TimeProvider time) : ITenants
{
    /// <summary>A change without If-Match is made on whatever the tenant is by then: as often as others come first, within reason.</summary>
    private const int Attempts = 100;

    public async Task<Result<Page<Tenant>>> ListAsync(Principal principal, PageRequest page, CancellationToken cancellationToken)
    {
        if (principal.SuperadminRefusal() is { } refused) return refused;
        return await store.ListAsync(page, cancellationToken);
    }

    public async Task<Result<Tenant>> GetAsync(Principal principal, string slug, CancellationToken cancellationToken)
    {
        if (principal.SuperadminRefusal() is { } refused) return refused;
        return await store.GetAsync(slug, cancellationToken) is { } tenant ? tenant : Missing(slug);
    }

    public async Task<Result<Tenant>> CreateAsync(Principal principal, TenantWrite tenant, CancellationToken cancellationToken)
    {
        if (principal.SuperadminRefusal() is { } refused) return refused;
        var now = time.GetUtcNow();
        var made = TenantRules.Apply(new Tenant { Id = Guid.CreateVersion7(now), Slug = "", Name = "", CreatedAt = now, UpdatedAt = now }, tenant, isNew: true);
        return made.Value is null ? made : await AppliedAsync(await store.CreateAsync(made.Value, cancellationToken), cancellationToken);
    }

    public Task<Result<Tenant>> UpdateAsync(
        Principal principal, string slug, TenantWrite change, string? ifMatch, CancellationToken cancellationToken) =>
        ChangeAsync(principal, slug, tenant => TenantRules.Apply(tenant, change, isNew: false), ifMatch, cancellationToken);

    public async Task<Result<Tenant>> SetSuspendedAsync(
        Principal principal, string slug, bool suspended, string? ifMatch, CancellationToken cancellationToken)
    {
        var changed = await ChangeAsync(principal, slug, tenant => tenant with { Suspended = suspended }, ifMatch, cancellationToken);
        if (suspended && changed.Value is { } tenant) await work.EvictAsync(tenant.Id);
        return changed;
    }

    public async Task<Result<bool>> DeleteAsync(
        Principal principal, string slug, string confirmSlug, string? ifMatch, CancellationToken cancellationToken)
    {
        if (principal.SuperadminRefusal() is { } refused) return refused;
        if (await store.GetAsync(slug, cancellationToken) is not { } tenant) return Missing(slug);
        if (ETags.Refusal(ifMatch, ETags.Of(tenant)) is { } stale) return stale;
        if (confirmSlug != slug)
            return Problem.Invalid(new FieldError("confirm", $"must repeat the slug '{slug}': this removes the tenant '{tenant.Name}' with its scripts, versions, tokens, host names, executions and logs, for good"));
        if (!await store.DeleteAsync(tenant.Id, cancellationToken)) return Missing(slug);
        await changes.CatchUpAfterWriteAsync(cancellationToken);
        await work.EvictAsync(tenant.Id);
        return true;
    }

    private async Task<Result<Tenant>> ChangeAsync(
        Principal principal, string slug, Func<Tenant, Result<Tenant>> change, string? ifMatch, CancellationToken cancellationToken)
    {
        if (principal.SuperadminRefusal() is { } refused) return refused;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await store.GetAsync(slug, cancellationToken) is not { } current) return Missing(slug);
            if (ETags.Refusal(ifMatch, ETags.Of(current)) is { } stale) return stale;
            var changed = change(current);
            if (changed.Value is null) return changed;
            var stored = await store.UpdateAsync(changed.Value, current.UpdatedAt, cancellationToken);
            if (stored.Problem is not { Code: Codes.PreconditionFailed }) return await AppliedAsync(stored, cancellationToken);
        }

        return new Problem(409, Codes.Conflict, $"The tenant '{slug}' is being changed by others all the time; try again.");
    }

    private async Task<Result<Tenant>> AppliedAsync(Result<Tenant> result, CancellationToken cancellationToken)
    {
        if (result.Value is not null) await changes.CatchUpAfterWriteAsync(cancellationToken);
        return result;
    }

    private static Problem Missing(string slug) => Problem.NotFound($"There is no tenant '{slug}'.");
}
