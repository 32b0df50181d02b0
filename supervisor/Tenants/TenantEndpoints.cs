using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Tenants;

/// <summary><c>/api/v1/tenants</c>, for superadmins.</summary>
internal static class TenantEndpoints
{
    private static readonly AuditSubject s_audit = new("tenant")
    {
        Route = "slug",
        NameField = "slug",
        Fields = ["slug", "name", "hosts", "limits", "egress", "publish_needs_second_person", "suspended"],
        Read = AuditSubject.By(
            (context, principal) => Tenants(context).GetAsync(principal, Slug(context), context.RequestAborted),
            TenantsJson.Default.Tenant),
    };

    public static void Map(IEndpointRouteBuilder api)
    {
        var tenants = api.MapGroup("/tenants").NeedsSuperadmin().WithTags("tenants");
        tenants.MapGet("", List).WithName("listTenants").WithSummary("Tenants of this installation").Gives(typeof(Page<Tenant>));
        tenants.MapPost("", Create)
            .Audited("tenants.create", s_audit)
            .WithName("createTenant")
            .WithSummary("Makes a tenant")
            .Takes(typeof(TenantWrite))
            .Gives(typeof(Tenant), 201);
        tenants.MapGet("/{slug}", Get).WithName("getTenant").WithSummary("One tenant").Gives(typeof(Tenant));
        tenants.MapPatch("/{slug}", Update)
            .Audited("tenants.update", s_audit)
            .WithName("updateTenant")
            .WithSummary("Changes name, hosts, limits, or whether a version goes live only by a second person")
            .Takes(typeof(TenantWrite))
            .Gives(typeof(Tenant));
        tenants.MapPost("/{slug}/suspend", context => Suspend(context, true))
            .Audited("tenants.suspend", s_audit)
            .WithName("suspendTenant")
            .WithSummary("Stops all of a tenant's work")
            .Gives(typeof(Tenant));
        tenants.MapPost("/{slug}/resume", context => Suspend(context, false))
            .Audited("tenants.resume", s_audit)
            .WithName("resumeTenant")
            .WithSummary("Takes a tenant's work up again")
            .Gives(typeof(Tenant));
        tenants.MapDelete("/{slug}", Delete)
            .Audited("tenants.delete", s_audit)
            .WithName("deleteTenant")
            .WithSummary("Removes a tenant and all that is its own")
            .Asks(("confirm", "Repeats the slug."))
            .Gives(status: 204);
    }

    private static ITenants Tenants(HttpContext context) => context.RequestServices.GetRequiredService<ITenants>();

    private static string Slug(HttpContext context) => (string)context.Request.RouteValues["slug"]!;

    private static async Task List(HttpContext context)
    {
        var page = Answers.Page(context);
        if (page.Problem is { } problem) await Problems.WriteAsync(context, problem);
        else await Answers.ResultAsync(
            context,
            await Tenants(context).ListAsync(context.Principal(), page.Value!, context.RequestAborted),
            TenantsJson.Default.PageTenant);
    }

    private static async Task Create(HttpContext context)
    {
        var body = await Body.ReadJsonAsync(context, TenantsJson.Default.TenantWrite);
        var result = body.Problem is { } problem ? problem : await Tenants(context).CreateAsync(context.Principal(), body.Value!, context.RequestAborted);
        if (result.Value is { } tenant) context.Response.Headers.Location = $"/api/v1/tenants/{tenant.Slug}";
        await Answers.ResultAsync(context, result, TenantsJson.Default.Tenant, ETags.Of, StatusCodes.Status201Created);
    }

    private static async Task Get(HttpContext context) =>
        await Answers.ResultAsync(
            context,
            await Tenants(context).GetAsync(context.Principal(), Slug(context), context.RequestAborted),
            TenantsJson.Default.Tenant,
            ETags.Of);

    private static async Task Update(HttpContext context)
    {
        var body = await Body.ReadJsonAsync(context, TenantsJson.Default.TenantWrite);
        var result = body.Problem is { } problem ? problem
            : await Tenants(context).UpdateAsync(context.Principal(), Slug(context), body.Value!, Answers.IfMatch(context), context.RequestAborted);
        await Answers.ResultAsync(context, result, TenantsJson.Default.Tenant, ETags.Of);
    }

    private static async Task Suspend(HttpContext context, bool suspended) =>
        await Answers.ResultAsync(
            context,
            await Tenants(context).SetSuspendedAsync(context.Principal(), Slug(context), suspended, Answers.IfMatch(context), context.RequestAborted),
            TenantsJson.Default.Tenant,
            ETags.Of);

    private static async Task Delete(HttpContext context) =>
        await Answers.NothingAsync(
            context,
            await Tenants(context).DeleteAsync(
                context.Principal(), Slug(context), context.Request.Query["confirm"].ToString(), Answers.IfMatch(context), context.RequestAborted));
}
