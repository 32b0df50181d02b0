namespace Sandbox.Supervisor.Rest;

/// <summary>
/// The cookie of the admin pages' sessions, and that of a browser between its password and its code. Each holds a random secret alone.
/// </summary>
internal static class PageCookie
{
    private const string Session = "sandbox_admin";
    private const string Ticket = "sandbox_code";
    private const string SecurePrefix = "__Host-";
    private static readonly string[] s_names = [Session, SecurePrefix + Session, Ticket, SecurePrefix + Ticket];

    /// <summary>Our own cookies, which no script sees or sets.</summary>
    public static bool IsOurs(string cookieName) => s_names.Contains(cookieName, StringComparer.OrdinalIgnoreCase);

    public static string? Read(HttpContext context) => context.Request.Cookies[NameFor(context, Session)];

    public static void Write(HttpContext context, string secret, TimeSpan life) =>
        context.Response.Cookies.Append(NameFor(context, Session), secret, Options(context, SameSiteMode.Lax, life));

    public static void Delete(HttpContext context) =>
        context.Response.Cookies.Delete(NameFor(context, Session), Options(context, SameSiteMode.Lax, null));

    public static string? ReadTicket(HttpContext context) => context.Request.Cookies[NameFor(context, Ticket)];

    // Strict: the second step is never reached from another site.
    public static void WriteTicket(HttpContext context, string secret, TimeSpan life) =>
        context.Response.Cookies.Append(NameFor(context, Ticket), secret, Options(context, SameSiteMode.Strict, life));

    public static void DeleteTicket(HttpContext context) =>
        context.Response.Cookies.Delete(NameFor(context, Ticket), Options(context, SameSiteMode.Strict, null));

    private static string NameFor(HttpContext context, string name) => context.Request.IsHttps ? SecurePrefix + name : name;

    private static CookieOptions Options(HttpContext context, SameSiteMode site, TimeSpan? life) => new()
    {
        HttpOnly = true,
        SameSite = site,
        Secure = context.Request.IsHttps,
        Path = "/",
        MaxAge = life,
    };
}
