namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>
/// Which headers of a script's answer may leave under <c>/t/{tenant}</c>, where all tenants share one origin. Only those are listed that act on the answer
/// itself: browsers keep adding headers that configure a whole origin (<c>Report-To</c>, <c>NEL</c>, <c>Accept-CH</c>, <c>Use-As-Dictionary</c>, …),
/// and a list of those would never be complete.
/// </summary>
internal static class SharedOriginHeaders
{
    /// <remarks>
    /// <c>Link</c> is not here: a browser preloads and connects for the page that embeds the answer. <c>WWW-Authenticate</c> is not: its dialog asks in the name
    /// of the origin. <c>Content-Security-Policy</c> may leave: it stands beside our own, and each further policy only forbids more (CSP level 3, 8.1).
    /// </remarks>
    private static readonly HashSet<string> s_allowed = new(StringComparer.OrdinalIgnoreCase)
    {
        "accept-patch", "accept-post", "accept-ranges", "age", "allow", "cache-control", "cross-origin-resource-policy", "deprecation", "etag", "expires",
        "last-modified", "location", "pragma", "preference-applied", "ratelimit", "ratelimit-limit", "ratelimit-policy", "ratelimit-remaining",
        "ratelimit-reset", "referrer-policy", "repr-digest", "retry-after", "server-timing", "sunset", "timing-allow-origin", "vary",
    };

    public static bool MayLeave(string name) =>
        s_allowed.Contains(name) || Begins(name, "x-") || Begins(name, "content-") || Begins(name, "access-control-");

    private static bool Begins(string name, string prefix) => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);
}
