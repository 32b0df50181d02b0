using System.Text;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>Lets in the requests of an endpoint with <see cref="HttpAuth.Webhook"/> that its provider signed with the tenant's secret.</summary>
internal sealed class WebhookGate(ISecretLookup secrets, TimeProvider time, ILogger<WebhookGate> logger)
{
    /// <summary>Lines of the log about one script: anyone who calls could fill it.</summary>
    private readonly RequestRates _lines = new(time);

    /// <summary>The one answer to whatever is wrong: a caller learns nothing of the secret, and not whether there is one.</summary>
    public static Problem Refusal { get; } = new(401, Codes.Unauthorized, "The signature of this request is missing, not valid or too old.");

    /// <summary>Whether the request is let in, and what the endpoint answers in the script's stead where it is a handshake.</summary>
    public async ValueTask<(bool IsValid, string? Challenge)> JudgeAsync(HttpContext context, Tenant tenant, Route route, ReadOnlyMemory<byte> body)
    {
        if (route.Trigger.Webhook is not { Provider: { } provider, Secret: { } name } webhook) return (false, null);
        if (await KeyAsync(tenant, route, provider, name, context.RequestAborted) is not { } key) return (false, null);
        var request = context.Request;
        if (WebhookHandshake.IsMeta(request, route.Trigger)) return WebhookHandshake.Meta(request, key) is { } answer ? (true, answer) : (false, null);
        if (!WebhookSignature.IsValid(provider, key, request.Headers, body.Span, time.GetUtcNow(), webhook.ToleranceSeconds)) return (false, null);
        return (true, provider == WebhookProvider.Slack ? WebhookHandshake.Slack(body.Span) : null);
    }

    private async ValueTask<byte[]?> KeyAsync(Tenant tenant, Route route, WebhookProvider provider, string name, CancellationToken cancellationToken)
    {
        if (await secrets.GetAsync(tenant.Id, name, cancellationToken) is not { } value)
        {
            if (_lines.Take(route.ScriptId, 1) is null) HttpTriggersLog.WebhookSecretMissing(logger, route.ScriptId, name);
            return null;
        }

        if (provider != WebhookProvider.Standard) return Encoding.UTF8.GetBytes(value);
        if (StandardKey.TryRead(value, out var key)) return key;
        if (_lines.Take(route.ScriptId, 1) is null) HttpTriggersLog.WebhookSecretUnusable(logger, route.ScriptId, name);
        return null;
    }
}
