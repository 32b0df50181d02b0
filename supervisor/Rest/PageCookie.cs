namespace Sandbox.Supervisor.Rest;

/// <summary>The cookie of the admin pages' sessions. It holds a random secret, never a token.</summary>
internal static class PageCookie
{
    private const string Plain = "sandbox_admin";
    private const string Secure = "__Host-sandbox_admin";

    /// <summary>Our own cookies, which no script sees or sets.</summary>
    public static bool IsOurs(string cookieName) =>
        cookieName.Equals(Plain, StringComparison.OrdinalIgnoreCase) || cookieName.Equals(Secure, StringComparison.OrdinalIgnoreCase);

    public static string? Read(HttpContext context) => context.Request.Cookies[NameFor(context)];

    public static void Write(HttpContext context, string secret, TimeSpan life) =>
        context.Response.Cookies.Append(NameFor(context), secret, Options(context, life));

    public static void Delete(HttpContext context) => context.Response.Cookies.Delete(NameFor(context), Options(context, null));

    private static string NameFor(HttpContext context) => context.Request.IsHttps ? Secure : Plain;

    private static CookieOptions Options(HttpContext context, TimeSpan? life) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = context.Request.IsHttps,
        Path = "/",
        MaxAge = life,
    };
}
