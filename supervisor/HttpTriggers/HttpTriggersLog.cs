namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>Event ids 3300–3399.</summary>
internal static partial class HttpTriggersLog
{
    [LoggerMessage(3300, LogLevel.Error, "This version cannot read the trigger of script {ScriptId}: its endpoint answers 503 until a trigger is written that it can read")]
    public static partial void TriggerUnreadable(ILogger logger, Guid scriptId);

    [LoggerMessage(3301, LogLevel.Error, "This version cannot read the route of script {ScriptId}: its endpoint is not served until a trigger is written that it can read")]
    public static partial void RouteUnreadable(ILogger logger, Guid scriptId);

    [LoggerMessage(3302, LogLevel.Warning, "The webhook of script {ScriptId} names the secret {Secret}, which its tenant does not have: every call is answered 401 until there is one")]
    public static partial void WebhookSecretMissing(ILogger logger, Guid scriptId, string secret);

    [LoggerMessage(3303, LogLevel.Warning, "The webhook of script {ScriptId} names the secret {Secret}, which is no key of Standard Webhooks (whsec_ and base64): every call is answered 401")]
    public static partial void WebhookSecretUnusable(ILogger logger, Guid scriptId, string secret);
}
