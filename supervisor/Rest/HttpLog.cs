namespace Sandbox.Supervisor.Rest;

/// <summary>Events 3000–3099. Never a body, a token, a query or a header.</summary>
internal static partial class HttpLog
{
    [LoggerMessage(3000, LogLevel.Error, "Request {Request} failed")]
    public static partial void Failed(ILogger logger, Exception exception, string request);

    [LoggerMessage(3001, LogLevel.Warning, "Readiness check {Check} failed")]
    public static partial void CheckFailed(ILogger logger, Exception exception, string check);

    [LoggerMessage(3002, LogLevel.Warning, "The pages ({Page}) and a tenant's endpoints ({Endpoint}) share a registrable domain: a script's page could set cookies that reach the pages. Give the endpoints another domain")]
    public static partial void DomainShared(ILogger logger, string page, string endpoint);

    [LoggerMessage(3003, LogLevel.Warning, "Expired idempotency keys could not be removed; tried again in 10 minutes")]
    public static partial void SweepFailed(ILogger logger, Exception exception);
}
