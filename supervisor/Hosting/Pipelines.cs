using Prometheus;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Alerts;
using Sandbox.Supervisor.Audit;
using Sandbox.Supervisor.Connections;
using Sandbox.Supervisor.DeadLetters;
using Sandbox.Supervisor.Email;
using Sandbox.Supervisor.Entities;
using Sandbox.Supervisor.Errors;
using Sandbox.Supervisor.Events;
using Sandbox.Supervisor.Examples;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.History;
using Sandbox.Supervisor.Hooks;
using Sandbox.Supervisor.Hosting.Readiness;
using Sandbox.Supervisor.Hosting.Web;
using Sandbox.Supervisor.HttpTriggers;
using Sandbox.Supervisor.Listeners;
using Sandbox.Supervisor.People;
using Sandbox.Supervisor.Queue;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Schedules;
using Sandbox.Supervisor.Scripts;
using Sandbox.Supervisor.Secrets;
using Sandbox.Supervisor.Tenants;
using Sandbox.Supervisor.Tries;
using Sandbox.Supervisor.Types;
using Sandbox.Supervisor.Usage;
using Sandbox.Supervisor.Workers;
using Sandbox.Supervisor.Workers.Launch;

namespace Sandbox.Supervisor.Hosting;

/// <summary>
/// One pipeline per listener, chosen by the connection. The endpoints listener has no routing, pages or cookies at all: what is not
/// there cannot be reached by a path that was not thought of.
/// </summary>
internal static class Pipelines
{
    public static void UseSandboxDoors(this WebApplication app)
    {
        var admin = Admin(app.Services, withPages: true);
        var socket = Admin(app.Services, withPages: false);
        var metrics = MetricsOnly(app.Services);
        var endpoints = Endpoints(app.Services);
        app.Services.GetRequiredService<RefusedRequests>().OnEndpoints = EndpointAnswer.CountRefusal;
        app.Run(context => context.Features.Get<ListenerFeature>()?.Listener switch
        {
            Listener.Endpoints => endpoints(context),
            Listener.Admin => admin(context),
            Listener.Socket => socket(context),
            Listener.Metrics => metrics(context),
            _ => Problems.WriteAsync(context, Problem.NotFound("This listener serves nothing.")),
        });
    }

    private static RequestDelegate Endpoints(IServiceProvider services)
    {
        var branch = new ApplicationBuilder(services);
        branch.UseMiddleware<ProblemMiddleware>();
        branch.Run(services.GetRequiredService<EndpointDoor>().InvokeAsync);
        return branch.Build();
    }

    private static RequestDelegate Admin(IServiceProvider services, bool withPages)
    {
        var branch = new ApplicationBuilder(services);
        var proxies = services.GetRequiredService<TrustedProxies>();
        branch.Use(next => context =>
        {
            Forwarded.Apply(context, proxies);
            return RequestPath.HoldsNul(context) ? Problems.WriteAsync(context, RequestPath.NulRefusal) : next(context);
        });
        if (withPages) branch.UsePageCompression();
        branch.UseMiddleware<ProblemMiddleware>();
        branch.UseRouting();
        if (withPages) branch.UseMiddleware<PageGuard>();
        branch.UseMiddleware<AccessMiddleware>();
        branch.UseMiddleware<IdempotencyMiddleware>();
        branch.UseMiddleware<AuditMiddleware>();
#pragma warning disable ASP0014 // Top-level route registrations belong to the whole application; these belong to one listener's branch.
        branch.UseEndpoints(routes => MapAdmin(routes, withPages));
#pragma warning restore ASP0014
        return branch.Build();
    }

    /// <summary>All that the admin listener serves, and without pages all that the socket does.</summary>
    public static void MapAdmin(IEndpointRouteBuilder routes, bool withPages)
    {
        var api = routes.MapGroup("/api/v1");
        TenantEndpoints.Map(api);
        TokenEndpoints.Map(api);
        MemberEndpoints.Map(api);
        AccountEndpoints.Map(api);
        TwoStepEndpoints.Map(api);
        ScriptEndpoints.Map(api);
        DraftEndpoints.Map(api);
        ExampleEndpoints.Map(api);
        EntityEndpoints.Map(api);
        SdkTypesEndpoints.Map(api);
        InvokeEndpoints.Map(api);
        TryEndpoints.Map(api);
        HooksEndpoints.Map(api);
        QueueEndpoints.Map(api);
        DeadLetterEndpoints.Map(api);
        AlertEndpoints.Map(api);
        EventEndpoints.Map(api);
        SchedulesEndpoints.Map(api);
        ExecutionsEndpoints.Map(api);
        UsageEndpoints.Map(api);
        ErrorEndpoints.Map(api);
        AuditEndpoints.Map(api);
        SecretEndpoints.Map(api);
        EmailSettingsEndpoints.Map(api);
        ConnectionEndpoints.Map(api);
        if (!withPages) return;
        api.InDescription();
        routes.MapOpenApi(ApiDescription.Path).AllowAnyone();
        ReadinessEndpoints.Map(routes);
        WebEndpoints.Map(routes);
    }

    private static RequestDelegate MetricsOnly(IServiceProvider services)
    {
        var branch = new ApplicationBuilder(services);
        var pool = services.GetRequiredService<WorkerPool>();
        var launcher = services.GetRequiredService<WorkerLauncher>();
        var history = services.GetRequiredService<HistoryWriter>();
        // What .NET itself counts would be a hundred times as long, and its names are not ours to keep.
        Metrics.SuppressDefaultMetrics(new SuppressDefaultMetricOptions { SuppressEventCounters = true, SuppressMeters = true, SuppressDebugMetrics = true });
        branch.UseMiddleware<ProblemMiddleware>();
        branch.Map("/metrics", metrics => metrics.Run(async context =>
        {
            if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            {
                context.Response.Headers.Allow = "GET, HEAD";
                context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
                return;
            }

            context.Response.ContentType = PrometheusConstants.TextContentTypeWithVersionAndEncoding;
            WorkersMetrics.Report(pool.State, pool.ReadUsage(), launcher.Report);
            ExecutionsMetrics.Report(history.Backlog);
            using var text = new MemoryStream();
            await Metrics.DefaultRegistry.CollectAndExportAsTextAsync(text, context.RequestAborted);
            context.Response.ContentLength = text.Length;
            await context.Response.Body.WriteAsync(text.GetBuffer().AsMemory(0, (int)text.Length), context.RequestAborted);
        }));
        branch.Run(context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        return branch.Build();
    }
}
