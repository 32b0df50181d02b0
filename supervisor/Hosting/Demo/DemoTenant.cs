using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Changes;
using Sandbox.Supervisor.Configuration;
using Sandbox.Supervisor.Hosting.Configuration;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Tenants;

namespace Sandbox.Supervisor.Hosting.Demo;

/// <summary>Makes the tenant <c>demo</c>, its examples and tokens, two more tenants and business data of all three; what is there is left as it is.</summary>
internal sealed class DemoTenant(
    DemoOptions options,
    SandboxOptions sandbox,
    TenantDirectory live,
    ChangesFeed changes,
    ITenants tenants,
    IScripts scripts,
    TokenService tokens,
    DemoData data,
    DemoSettings settings,
    ILogger<DemoTenant> logger)
{
    private const string Slug = "demo";
    private const string Name = "demo";

    /// <summary>Other tenants, so that there is something to keep apart.</summary>
    private static readonly (string Slug, string Name)[] s_others = [("acme", "Acme"), ("globex", "Globex")];

    /// <summary>The tokens of the demo; null where it is turned off.</summary>
    public async Task<DemoEnv?> PrepareAsync(DemoUrls urls, CancellationToken cancellationToken)
    {
        if (!options.Enabled) return null;

        var tenant = live.BySlug(Slug) ?? await CreateAsync(Slug, "Demo", cancellationToken);
        var all = new List<Tenant> { tenant };
        foreach (var (slug, name) in s_others) all.Add(live.BySlug(slug) ?? await CreateAsync(slug, name, cancellationToken));
        await data.PrepareAsync(all, cancellationToken);
        var listed = await scripts.ListAsync(Principal.System(Name, tenant.Id), new ScriptFilter(), new PageRequest(1), cancellationToken);
        if (listed.Value is { Items.Count: 0 }) await MakeScriptsAsync(tenant, cancellationToken);
        var path = DemoEnv.PathIn(sandbox.DataDirectory);
        var env = DemoEnv.Read(path);
        if (env is null || !await HoldsAsync(env, tenant, cancellationToken)) env = await MakeTokensAsync(tenant, cancellationToken);
        env.Write(path, urls);
        return env;
    }

    private async Task<Tenant> CreateAsync(string slug, string name, CancellationToken cancellationToken)
    {
        var principal = Principal.System(Name, tenantId: null);
        var created = await tenants.CreateAsync(principal, new TenantWrite { Slug = slug, Name = name }, cancellationToken);
        // Taken: another supervisor on this database was first.
        var tenant = created.Value ?? (await tenants.GetAsync(principal, slug, cancellationToken)).Value
            ?? throw new StartupException(
                $"The demo's tenant {slug} cannot be made: {created.Problem?.Detail} Set {DemoOptions.Section}:{nameof(DemoOptions.Enabled)}=false to start without it.");
        if (created.Value is null) await changes.CatchUpAsync(cancellationToken);
        return tenant;
    }

    private async Task MakeScriptsAsync(Tenant tenant, CancellationToken cancellationToken)
    {
        var principal = Principal.System(Name, tenant.Id);
        await settings.MakeAsync(principal, cancellationToken);
        foreach (var script in DemoScripts.All)
        {
            if ((await scripts.CreateAsync(principal, script, cancellationToken)).Problem is { } problem) DemoLog.ExampleRefused(logger, script.Name!, problem.Detail);
        }
    }

    private async Task<bool> HoldsAsync(DemoEnv env, Tenant tenant, CancellationToken cancellationToken) =>
        await tokens.AuthenticateAsync(env.AdminToken, cancellationToken) is { Superadmin: true }
        && await tokens.AuthenticateAsync(env.Token, cancellationToken) is { } holder && holder.TenantId == tenant.Id;

    private async Task<DemoEnv> MakeTokensAsync(Tenant tenant, CancellationToken cancellationToken)
    {
        var (_, admin) = await tokens.IssueAsync(null, "demo superadmin", [], null, cancellationToken);
        var (_, token) = await tokens.IssueAsync(tenant.Id, "demo admin", Permissions.All, null, cancellationToken);
        return new DemoEnv(admin, token);
    }
}
