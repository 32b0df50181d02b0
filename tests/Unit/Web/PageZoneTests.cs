using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Web.Components;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Web;

/// <summary>The zone of a page is the one of the cookie where there is such a zone.</summary>
public sealed class PageZoneTests
{
    private static readonly DateTimeOffset s_winter = new(2026, 1, 31, 20, 30, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_summer = new(2026, 7, 31, 20, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("Asia/Tashkent", "2026-02-01 01:30 +05:00", "Tashkent, UTC+5", "Tashkent, UTC+5")]
    [InlineData("America/St_Johns", "2026-01-31 17:00 -03:30", "St Johns, UTC-3:30", "St Johns, UTC-2:30")]
    [InlineData("UTC", "2026-01-31 20:30 +00:00", "UTC", "UTC")]
    [InlineData(null, "2026-01-31 20:30 +00:00", "UTC", "UTC")]
    [InlineData("", "2026-01-31 20:30 +00:00", "UTC", "UTC")]
    [InlineData("Asia/Nowhere", "2026-01-31 20:30 +00:00", "UTC", "UTC")]
    [InlineData("../../../dev/zero", "2026-01-31 20:30 +00:00", "UTC", "UTC")]
    [InlineData("/dev/zero", "2026-01-31 20:30 +00:00", "UTC", "UTC")]
    [InlineData("EST5EDT,M3.2.0,M11.1.0", "2026-01-31 20:30 +00:00", "UTC", "UTC")]
    public void Times_are_on_its_clock(string? cookie, string shown, string winter, string summer)
    {
        var zone = Of(cookie);

        zone.In(s_winter).ToString("yyyy-MM-dd HH:mm zzz", System.Globalization.CultureInfo.InvariantCulture).ShouldBe(shown);
        zone.In(s_winter).ShouldBe(s_winter);
        zone.Name(s_winter).ShouldBe(winter);
        zone.Name(s_summer).ShouldBe(summer);
    }

    private static PageZone Of(string? cookie)
    {
        using var services = new ServiceCollection().AddSingleton<PageZone>().BuildServiceProvider();
        var context = new DefaultHttpContext { RequestServices = services };
        if (cookie is not null) context.Request.Headers.Cookie = $"zone={cookie}";
        new PageZone.Filter().OnResourceExecuting(new ResourceExecutingContext(new ActionContext(context, new RouteData(), new ActionDescriptor()), [], []));
        return services.GetRequiredService<PageZone>();
    }
}
