using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Entities;

/// <summary><c>/api/v1/entities</c>.</summary>
internal static class EntityEndpoints
{
    private static readonly AuditSubject s_audit = new("entity")
    {
        Route = "name",
        Fields = ["name", "table", "key", "tenant_column", "fields", "operations", "database"],
        Read = AuditSubject.By(
            (context, principal) => Entities(context).GetAsync(principal, Name(context), context.RequestAborted),
            EntitiesJson.Default.Entity),
    };

    public static void Map(IEndpointRouteBuilder api)
    {
        var entities = api.MapGroup("/entities").Needs(Permissions.SettingsManage).WithTags("entities");
        entities.MapGet("", List).WithName("listEntities").WithSummary("Business tables that the tenant's scripts may use").Gives(typeof(Page<Entity>));
        entities.MapGet("/tables", Tables).WithName("listEntityTables")
            .WithSummary("Tables, views and foreign tables that an entity may name, with their columns; database and q narrow them")
            .Gives(typeof(Page<EntityTable>));
        entities.MapGet("/{name}", Get).WithName("getEntity").WithSummary("One entity").Gives(typeof(Entity));
        entities.MapPut("/{name}", Put).Audited("entities.put", s_audit).WithName("putEntity")
            .WithSummary("Opens a business table to scripts, or changes how it is opened; a table that no superadmin opened yet needs one")
            .Takes(typeof(EntityWrite)).Gives(typeof(Entity)).Gives(typeof(Entity), StatusCodes.Status201Created);
        entities.MapDelete("/{name}", Delete)
            .Audited("entities.delete", s_audit)
            .WithName("deleteEntity")
            .WithSummary("Closes a business table to scripts; the table stays")
            .Gives(status: 204);
    }

    private static IEntities Entities(HttpContext context) => context.RequestServices.GetRequiredService<IEntities>();

    private static string Name(HttpContext context) => (string)context.Request.RouteValues["name"]!;

    private static async Task List(HttpContext context)
    {
        var page = Answers.Page(context);
        if (page.Problem is { } problem) await Problems.WriteAsync(context, problem);
        else await Answers.ResultAsync(context, await Entities(context).ListAsync(context.Principal(), page.Value!, context.RequestAborted), EntitiesJson.Default.PageEntity);
    }

    private static async Task Tables(HttpContext context)
    {
        var page = Answers.Page(context, "database", "q");
        var query = context.Request.Query;
        var filter = new EntityTableFilter(Given(query["database"]), Given(query["q"]));
        Result<Page<EntityTable>> found = page.Problem is { } problem
            ? problem
            : await context.RequestServices.GetRequiredService<IEntityTables>().ListAsync(context.Principal(), filter, page.Value!, context.RequestAborted);
        await Answers.ResultAsync(context, found, EntitiesJson.Default.PageEntityTable);
    }

    private static string? Given(string? value) => string.IsNullOrEmpty(value) ? null : value;

    private static async Task Get(HttpContext context)
    {
        var found = await Entities(context).GetAsync(context.Principal(), Name(context), context.RequestAborted);
        await Answers.ResultAsync(context, found, EntitiesJson.Default.Entity, ETags.Of);
    }

    private static async Task Put(HttpContext context)
    {
        var body = await Body.ReadJsonAsync(context, EntitiesJson.Default.EntityWrite);
        Result<StoredEntity> stored = body.Problem is { } problem ? problem
            : await Entities(context).PutAsync(context.Principal(), Name(context), body.Value!, Answers.IfMatch(context), context.RequestAborted);
        Result<Entity> entity = stored.Value is { } written ? written.Entity : stored.Problem!;
        var status = stored.Value is { Created: true } ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        await Answers.ResultAsync(context, entity, EntitiesJson.Default.Entity, ETags.Of, status);
    }

    private static async Task Delete(HttpContext context) =>
        await Answers.NothingAsync(context, await Entities(context).DeleteAsync(context.Principal(), Name(context), Answers.IfMatch(context), context.RequestAborted));
}
