using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Listeners;

namespace Sandbox.Supervisor.Rest;

/// <summary>
/// Posts with an <c>Idempotency-Key</c>: the first one is carried out, even if its caller goes away meanwhile, and its answer kept; the same again gets that answer.
/// Posts without one cost nothing here.
/// </summary>
internal sealed class IdempotencyMiddleware(RequestDelegate next, IdempotencyStore store)
{
    private const string Header = "Idempotency-Key";
    private const int KeyCharactersMax = 255;
    private static readonly string[] s_kept = ["Content-Type", "Location", "ETag", HeaderNames.ExecutionId];

    /// <summary>On an endpoint whose answer holds a field that is shown once and never stored.</summary>
    internal sealed record ShownOnce(string Field);

    /// <summary>On an endpoint whose body holds a password: of what comes with a key, a fast hash is stored.</summary>
    internal sealed record TakesNoKey;

    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<TakesNoKey>() is not null) return next(context);
        if (!HttpMethods.IsPost(context.Request.Method) || context.Features.Get<Principal>() is not { } principal || !context.Request.Headers.TryGetValue(Header, out var key)) return next(context);
        var text = key.ToString();
        return text.Length is 0 or > KeyCharactersMax || !Text.IsStorable(text)
            ? Problems.WriteAsync(context, Problem.Invalid(new FieldError(Header, $"must be 1 to {KeyCharactersMax} characters")))
            : KeyedAsync(context, principal.TenantId ?? Guid.Empty, text);
    }

    private async Task KeyedAsync(HttpContext context, Guid scope, string key)
    {
        using var body = await Body.ReadAsync(context, Body.BytesMax);
        if (body is null)
        {
            await Problems.WriteAsync(context, Body.TooLarge(Body.BytesMax));
            return;
        }

        var bytes = body.Span.ToArray();
        var hash = HashOf(context.Request, bytes);
        var (claim, earlier) = await store.ClaimAsync(scope, key, hash, context.RequestAborted);
        if (claim is null)
        {
            await RepeatAsync(context, earlier!, hash);
            return;
        }

        // Whoever sends a key means to come back for the answer: from here on it is carried out whether or not he waits.
        context.RequestAborted = CancellationToken.None;
        context.Request.Body = new MemoryStream(bytes, writable: false);
        await CarryOutAsync(context, claim);
    }

    private async Task CarryOutAsync(HttpContext context, IdempotencyClaim claim)
    {
        var answered = false;
        var client = context.Response.Body;
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        using var over = new CancellationTokenSource();
        var renewing = store.RenewAsync(claim, over.Token);
        try
        {
            await next(context);
            if (context.Response.StatusCode < 500)
            {
                var headers = s_kept.Where(context.Response.Headers.ContainsKey).SelectMany(name => new[] { name, context.Response.Headers[name].ToString() }).ToArray();
                await store.AnswerAsync(claim, context.Response.StatusCode, headers, Storable(context, answer.ToArray()), CancellationToken.None);
                answered = true;
            }
        }
        finally
        {
            context.Response.Body = client;
            // Renewals leave a key that has its answer alone. One that failed is no one's concern: the request went on without it.
            await over.CancelAsync();
            await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!answered) await store.ReleaseAsync(claim, CancellationToken.None);
        }

        await client.WriteAsync(answer.GetBuffer().AsMemory(0, (int)answer.Length), CancellationToken.None);
    }

    private static async Task RepeatAsync(HttpContext context, IdempotentAnswer earlier, byte[] hash)
    {
        if (!CryptographicOperations.FixedTimeEquals(earlier.RequestHash, hash))
        {
            await Problems.WriteAsync(context, Problem.Invalid(new FieldError(Header, "was used for another request within the last 24 hours; choose a new one")));
            return;
        }

        if (earlier.Status is not { } status)
        {
            await Problems.WriteAsync(context, new Problem(409, Codes.Conflict, $"The first request with this {Header} is still under way.") { RetryAfterSeconds = 1 });
            return;
        }

        context.Response.StatusCode = status;
        var headers = earlier.Headers ?? [];
        for (var i = 0; i + 1 < headers.Length; i += 2) context.Response.Headers[headers[i]] = headers[i + 1];
        context.Response.Headers["Idempotent-Replayed"] = "true";
        await context.Response.Body.WriteAsync(earlier.Body ?? [], context.RequestAborted);
    }

    private static byte[] HashOf(HttpRequest request, byte[] body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n"));
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }

    private static byte[] Storable(HttpContext context, byte[] body)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<ShownOnce>() is not { } shown || JsonNode.Parse(body) is not JsonObject json) return body;
        json.Remove(shown.Field);
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }
}
