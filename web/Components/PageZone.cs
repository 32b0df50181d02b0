using System.Globalization;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.DependencyInjection;

namespace Sandbox.Web.Components;

/// <summary>The time zone that a page writes times in: the one that its reader's browser keeps in the cookie <c>zone</c>, else UTC.</summary>
public sealed class PageZone
{
    private const int IdMax = 64;

    private TimeZoneInfo _zone = TimeZoneInfo.Utc;

    /// <summary>As IANA calls it.</summary>
    public string Id => _zone.Id;

    /// <summary>The same moment on this zone's clock.</summary>
    public DateTimeOffset In(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, _zone);

    /// <summary>With its distance from UTC at that time, such as <c>Tashkent, UTC+5</c>.</summary>
    public string Name(DateTimeOffset at)
    {
        if (_zone.Equals(TimeZoneInfo.Utc)) return "UTC";
        var offset = _zone.GetUtcOffset(at);
        var sign = offset < TimeSpan.Zero ? '-' : '+';
        var minutes = offset.Minutes == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $":{Math.Abs(offset.Minutes):00}");
        return string.Create(CultureInfo.InvariantCulture, $"{Id[(Id.LastIndexOf('/') + 1)..].Replace('_', ' ')}, UTC{sign}{Math.Abs(offset.Hours)}{minutes}");
    }

    private static TimeZoneInfo Find(string? id) => id is { Length: <= IdMax } && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) && zone.HasIanaId ? zone : TimeZoneInfo.Utc;

    /// <summary>Reads the cookie before a page is made.</summary>
    public sealed class Filter : IResourceFilter
    {
        public void OnResourceExecuting(ResourceExecutingContext context)
        {
            ArgumentNullException.ThrowIfNull(context);
            context.HttpContext.RequestServices.GetRequiredService<PageZone>()._zone = Find(context.HttpContext.Request.Cookies["zone"]);
        }

        public void OnResourceExecuted(ResourceExecutedContext context)
        {
        }
    }
}
