using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Listeners;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>
/// All that the endpoints listener serves: tenant, route, method, token, rate, body, signature, and then one of the doors. Everything up to the
/// door is answered from memory.
/// </summary>
internal sealed class EndpointDoor(TenantResolver resolver, TrustedProxies proxies, RouteTable routes, ScriptCache scripts, ITokens tokens, WebhookGate webhooks, RequestRates rates, QueuedRequests queue, IRunDoor door)
{
    private const string Scheme = "Bearer ";

    /// <summary>UTF-8 bytes of a trigger that still fits a frame of the worker's pipe beside all else.</summary>
    private const int TriggerBytesMax = Sandbox.Protocol.Rpc.RpcProtocol.FrameBytesMax - (1024 * 1024);

    public Task InvokeAsync(HttpContext context)
    {
        Forwarded.Apply(context, proxies);
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var path = RequestPath.Parse(target);
        var prefixed = path?.TenantSlug is not null;
        if (RequestPath.HoldsNul(context)) return EndpointAnswer.FailAsync(context, RequestPath.NulRefusal, prefixed);
        if (path is null || resolver.Resolve(context.Request, path.TenantSlug, Forwarded.Peer(context)) is not { } tenant)
            return EndpointAnswer.FailAsync(context, NoRoute, prefixed);

        var found = routes.For(tenant.Id).Find(context.Request.Method, path.Segments);
        if (found.Route is { } route) return RunAsync(context, tenant, path, route, found.Parameters);
        if (Handshake(context, tenant, path) is { } handshake) return RunAsync(context, tenant, path, handshake, []);
        if (found.Allowed.Count == 0) return EndpointAnswer.FailAsync(context, NoRoute, prefixed);
        if (HttpMethods.IsOptions(context.Request.Method)) return OptionsAsync(context, tenant, path, found.Allowed);
        context.Response.Headers.Allow = string.Join(", ", found.Allowed);
        return EndpointAnswer.FailAsync(context, new Problem(405, Codes.InvalidArgument, "This path takes other methods; the header Allow names them."), prefixed);
    }

    private static Problem SwitchedOff { get; } = new(503, Codes.NotAllowed, "This endpoint is switched off.") { RetryAfterSeconds = 300 };

    private static Problem NoRoute { get; } = Problem.NotFound("There is no endpoint at this address.");

    /// <summary>The webhook that Meta makes sure of: by GET, whatever methods its trigger has.</summary>
    private Route? Handshake(HttpContext context, Tenant tenant, RequestPath path) =>
        HttpMethods.IsGet(context.Request.Method) && routes.For(tenant.Id).Find(HttpMethods.Post, path.Segments).Route is { } route
            && WebhookHandshake.IsMeta(context.Request, route.Trigger) ? route : null;

    private Task OptionsAsync(HttpContext context, Tenant tenant, RequestPath path, IReadOnlyList<string> allowed)
    {
        if (CorsPolicy.IsPreflight(context.Request, out var method) && routes.For(tenant.Id).Find(method, path.Segments).Route is { } route)
            CorsPolicy.AnswerPreflight(context, route.Trigger);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.Headers.Allow = string.Join(", ", allowed);
        EndpointHeaders.Seal(context.Response, path.TenantSlug is not null);
        return Task.CompletedTask;
    }

    private async Task RunAsync(HttpContext context, Tenant tenant, RequestPath path, Route route, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        var prefixed = path.TenantSlug is not null;
        if (!route.IsReadable)
        {
            await EndpointAnswer.FailAsync(context, SwitchedOff, prefixed);
            return;
        }

        CorsPolicy.Apply(context, route.Trigger.Cors);
        var (principal, refusal) = await AuthenticateAsync(context, tenant, route.Trigger.Auth);
        // A webhook proves who it is by its body, and takes from the rate after that: no stranger may use it up.
        if (route.Trigger.Auth != HttpAuth.Webhook) refusal ??= RateRefusal(route);
        if (refusal is not null)
        {
            await EndpointAnswer.FailAsync(context, refusal, prefixed);
            return;
        }

        if (await scripts.GetAsync(tenant.Id, route.ScriptId, context.RequestAborted) is not { } script)
        {
            await EndpointAnswer.FailAsync(context, NoRoute, prefixed);
            return;
        }

        using var body = await ReadBodyAsync(context, route.Trigger.BodyLimitBytes, prefixed);
        if (body is null || (route.Trigger.Auth == HttpAuth.Webhook && !await IsForScriptAsync(context, tenant, route, body, prefixed))) return;
        var headers = SensitiveHeaders.ForScript(context.Request.Headers);
        var parsed = await RequestBody.ReadAsync(context.Request.ContentType, context.Request.Headers.ContentEncoding, body.Memory, context.RequestAborted);
        var (trigger, recorded) = RequestTrigger.Write(context.Request, path, parameters, headers, parsed, body.Memory, context.Connection.RemoteIpAddress);
        var request = new RunRequest
        {
            Tenant = tenant,
            Script = script,
            TriggerType = TriggerType.Http,
            Trigger = trigger,
            RecordedTrigger = recorded,
            TraceParent = TraceParent.Parse(context.Request.Headers.TraceParent),
            Cause = new Cause(principal is null ? "http" : "token", principal?.Id.ToString()),
        };
        if (TooLarge(trigger.Text))
        {
            await EndpointAnswer.FailAsync(context, new Problem(413, Codes.InputTooLarge, $"The request and its parsed form take more than {TriggerBytesMax} bytes when written as JSON; send less, or bytes that are no text."), prefixed);
            return;
        }

        var isQueued = route.Trigger.Mode == HttpMode.Queued;
        if ((Refusal(tenant, script, isQueued) ?? (isQueued ? queue.Refusal(tenant.Id) : null)) is { } refused)
        {
            var record = await door.RefuseAsync(request, refused.Code, refused.Detail, context.RequestAborted);
            context.Response.Headers[HeaderNames.ExecutionId] = record.Execution.Id.ToString();
            await EndpointAnswer.FailAsync(context, refused with { ExecutionId = record.Execution.Id }, prefixed);
            return;
        }

        if (isQueued)
        {
            await EndpointAnswer.AcceptedAsync(context, await queue.AcceptAsync(request, route.Trigger, context.Request.Headers, body.Memory, context.RequestAborted), prefixed);
            return;
        }

        var result = await door.RunAsync(request, context.RequestAborted);
        if (!context.RequestAborted.IsCancellationRequested) await EndpointAnswer.WriteAsync(context, result, prefixed);
    }

    /// <summary>False where a webhook was refused or was a handshake, and has been answered.</summary>
    private async ValueTask<bool> IsForScriptAsync(HttpContext context, Tenant tenant, Route route, Body body, bool prefixed)
    {
        var (isValid, challenge) = await webhooks.JudgeAsync(context, tenant, route, body.Memory);
        if ((isValid ? RateRefusal(route) : WebhookGate.Refusal) is { } refusal)
        {
            await EndpointAnswer.FailAsync(context, refusal, prefixed);
            return false;
        }

        if (challenge is null) return true;
        await WebhookHandshake.AnswerAsync(context, challenge, prefixed);
        return false;
    }

    private Problem? RateRefusal(Route route) =>
        route.Trigger.RequestsPerMinute is { } perMinute && rates.Take(route.ScriptId, perMinute) is { } seconds
            ? new Problem(429, Codes.RateLimit, $"This endpoint takes {perMinute} requests per minute.") { RetryAfterSeconds = seconds }
            : null;

    /// <summary>Null where it was refused.</summary>
    private static async ValueTask<Body?> ReadBodyAsync(HttpContext context, long bytesMax, bool prefixed)
    {
        try
        {
            if (await Body.ReadAsync(context, bytesMax) is { } body) return body;
            await EndpointAnswer.FailAsync(context, Body.TooLarge(bytesMax), prefixed);
        }
        catch (BadHttpRequestException e)
        {
            await EndpointAnswer.FailAsync(context, Problems.Of(e), prefixed);
        }

        return null;
    }

    private static bool TooLarge(string trigger) => trigger.Length * 3L > TriggerBytesMax && Encoding.UTF8.GetByteCount(trigger) > TriggerBytesMax;

    /// <summary>What is recorded and not run. The reason a script is disabled for is its tenant's own affair.</summary>
    private static Problem? Refusal(Tenant tenant, Script script, bool isQueued) =>
        tenant.Suspended ? new Problem(503, Codes.NotAllowed, "This tenant is suspended.") { RetryAfterSeconds = 300 }
        : !script.Enabled ? SwitchedOff
        : script.Paused && !isQueued ? new Problem(503, Codes.Overloaded, "This endpoint is paused; try again later.") { RetryAfterSeconds = 60 }
        : null;

    private async ValueTask<(Principal? Principal, Problem? Refusal)> AuthenticateAsync(HttpContext context, Tenant tenant, HttpAuth auth)
    {
        switch (auth)
        {
            case HttpAuth.Public:
            case HttpAuth.Webhook:
                return (null, null);
            case HttpAuth.Token:
                var header = context.Request.Headers.Authorization.ToString();
                var principal = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? await tokens.AuthenticateAsync(header[Scheme.Length..].Trim(), context.RequestAborted) : null;
                if (principal is null || (!principal.Superadmin && principal.TenantId != tenant.Id)) return (null, Problems.Unauthorized);
                return principal.May(Permissions.ScriptsExecute)
                    ? (principal, null)
                    : (null, new Problem(403, Codes.NotAllowed, $"This endpoint needs the permission {Permissions.ScriptsExecute}."));
            default:
                throw new InvalidOperationException(auth.ToString());
        }
    }
}
