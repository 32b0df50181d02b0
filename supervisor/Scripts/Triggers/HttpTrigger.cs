using System.Text.Json.Serialization;

namespace Sandbox.Supervisor.Scripts;

/// <summary>Trigger of an <c>http</c> script, as it is stored: every default filled in.</summary>
/// <remarks>Setters, not init: generated JSON readers forget the defaults of init-only properties.</remarks>
internal sealed record HttpTrigger
{
    /// <summary>Route template beneath <c>/api/scripts</c>: <c>/orders/{id}</c>, <c>/files/{*rest}</c>.</summary>
    public string? Path { get; set; }

    public IReadOnlyList<string> Methods { get; set; } = ["GET"];
    public HttpMode Mode { get; set; } = HttpMode.Sync;
    public HttpAuth Auth { get; set; } = HttpAuth.Token;

    /// <summary>Provider and secret of a verified signature; with <see cref="HttpAuth.Webhook"/> alone.</summary>
    public HttpWebhook? Webhook { get; set; }

    public HttpCors? Cors { get; set; }

    /// <summary>Bytes of a request's body, to 10 MB.</summary>
    public long BodyLimitBytes { get; set; } = 1024 * 1024;

    /// <summary>Requests this endpoint takes per minute on this node; null: as many as the tenant's quotas let through.</summary>
    public int? RequestsPerMinute { get; set; }
}

/// <summary>How an endpoint answers.</summary>
internal enum HttpMode
{
    /// <summary>The caller waits for the script.</summary>
    [JsonStringEnumMemberName("sync")] Sync,

    /// <summary>The request is stored and answered 202.</summary>
    [JsonStringEnumMemberName("queued")] Queued,
}

/// <summary>Whom an endpoint lets in.</summary>
internal enum HttpAuth
{
    /// <summary>A token of the tenant with <c>scripts.execute</c>.</summary>
    [JsonStringEnumMemberName("token")] Token,

    /// <summary>Anyone.</summary>
    [JsonStringEnumMemberName("public")] Public,

    /// <summary>Whoever signs as the provider does.</summary>
    [JsonStringEnumMemberName("webhook")] Webhook,
}

/// <summary>Which other origins' pages may call an endpoint from a browser.</summary>
internal sealed record HttpCors
{
    /// <summary>Origins such as <c>https://shop.example.com</c>, or <c>*</c> alone.</summary>
    public IReadOnlyList<string> Origins { get; set; } = [];

    /// <summary>Request headers allowed beyond the safe ones.</summary>
    public IReadOnlyList<string> Headers { get; set; } = ["authorization", "content-type"];

    /// <summary>Answer headers a page may read, beside <c>X-Execution-Id</c>.</summary>
    public IReadOnlyList<string> ExposeHeaders { get; set; } = [];

    /// <summary>Whether cookies and client credentials may be sent; not with <c>*</c>.</summary>
    public bool Credentials { get; set; }

    /// <summary>How long a browser may remember the permission, 0 to 86,400.</summary>
    public int MaxAgeSeconds { get; set; } = 600;
}
