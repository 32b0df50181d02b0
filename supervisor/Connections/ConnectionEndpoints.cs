using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Connections;

/// <summary><c>/api/v1/connections</c>. A secret goes in and never comes out.</summary>
internal static class ConnectionEndpoints
{
    private static readonly AuditSubject s_audit = new("connection")
    {
        Route = "name",
        Fields = ["name", "type", "hosts", "header", "username", "parameter", "token_url", "client_id", "scope", "audience", "auth"],
        WriteOnly = ["value", "password", "client_secret"],
        Read = AuditSubject.By(
            (context, principal) => Connections(context).GetAsync(principal, Name(context), context.RequestAborted),
            ConnectionsJson.Default.Connection),
    };

    public static void Map(IEndpointRouteBuilder api)
    {
        var connections = api.MapGroup("/connections").Needs(Permissions.SecretsManage).WithTags("connections");
        connections.MapGet("", List)
            .WithName("listConnections")
            .WithSummary("Connections, without their secrets")
            .Gives(typeof(Page<Connection>));
        connections.MapGet("/{name}", Get)
            .WithName("getConnection")
            .WithSummary("One connection, without its secret")
            .Gives(typeof(Connection));
        connections.MapPut("/{name}", Put)
            .Audited("connections.put", s_audit)
            .WithName("putConnection")
            .WithSummary("Makes a connection (201) or replaces all of it (200)")
            .Takes(typeof(ConnectionWrite))
            .Gives(typeof(Connection))
            .Gives(typeof(Connection), StatusCodes.Status201Created);
        connections.MapDelete("/{name}", Delete)
            .Audited("connections.delete", s_audit)
            .WithName("deleteConnection")
            .WithSummary("Removes a connection")
            .Gives(status: 204);
    }

    private static IConnections Connections(HttpContext context) => context.RequestServices.GetRequiredService<IConnections>();

    private static string Name(HttpContext context) => (string)context.Request.RouteValues["name"]!;

    private static async Task List(HttpContext context)
    {
        var page = Answers.Page(context);
        if (page.Problem is { } problem) await Problems.WriteAsync(context, problem);
        else await Answers.ResultAsync(
            context,
            await Connections(context).ListAsync(context.Principal(), page.Value!, context.RequestAborted),
            ConnectionsJson.Default.PageConnection);
    }

    private static async Task Get(HttpContext context) =>
        await Answers.ResultAsync(
            context,
            await Connections(context).GetAsync(context.Principal(), Name(context), context.RequestAborted),
            ConnectionsJson.Default.Connection);

    private static async Task Put(HttpContext context)
    {
        var body = await Body.ReadJsonAsync(context, ConnectionsJson.Default.ConnectionWrite);
        var result = body.Problem is { } problem
            ? problem
            : await Connections(context).PutAsync(context.Principal(), Name(context), body.Value!, context.RequestAborted);
        if (result.Problem is { } refused)
        {
            await Problems.WriteAsync(context, refused);
            return;
        }

        var written = result.Value!;
        if (written.IsNew) context.Response.Headers.Location = $"/api/v1/connections/{written.Connection.Name}";
        var status = written.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        await Answers.JsonAsync(context, written.Connection, ConnectionsJson.Default.Connection, status);
    }

    private static async Task Delete(HttpContext context) =>
        await Answers.NothingAsync(
            context,
            await Connections(context).DeleteAsync(context.Principal(), Name(context), context.RequestAborted));
}
