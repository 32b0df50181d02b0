using System.Globalization;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Sandbox.Web;
using Sandbox.Web.Components;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Web;

public sealed class CronWordsTests
{
    private static readonly StringLocalizer<Words> s_words =
        new(new ResourceManagerStringLocalizerFactory(Options.Create(new LocalizationOptions()), NullLoggerFactory.Instance));

    [Theory]
    [InlineData("* * * * *", "Every minute")]
    [InlineData("*/15 * * * *", "Every 15 minutes")]
    [InlineData("0 * * * *", "Every hour")]
    [InlineData("@hourly", "Every hour")]
    [InlineData("20 * * * *", "Every hour at minute 20")]
    [InlineData("0 */6 * * *", "Every 6 hours")]
    [InlineData("30 */6 * * *", "Every 6 hours at minute 30")]
    [InlineData("0 0 * * *", "Every day at 00:00")]
    [InlineData("@daily", "Every day at 00:00")]
    [InlineData("5 9,18 * * *", "Every day at 09:05 and 18:05")]
    [InlineData("0 9 * * 1-5", "Weekdays at 09:00")]
    [InlineData("0 9 * * MON-FRI", "Weekdays at 09:00")]
    [InlineData("30 3 * * 0", "Sundays at 03:30")]
    [InlineData("30 3 * * 7", "Sundays at 03:30")]
    [InlineData("0 8 * * mon,thu", "Mondays and Thursdays at 08:00")]
    [InlineData("0 8 * * 6,0", "Saturdays and Sundays at 08:00")]
    [InlineData("0 6 1 * *", "Day 1 of every month at 06:00")]
    [InlineData("0 0 31 12 *", "Every year on December 31 at 00:00")]
    public void A_common_shape_has_words(string cron, string said)
    {
        CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;

        CronWords.Of(cron, s_words).ShouldBe(said);
    }

    /// <summary>Words that are nearly right would be wrong.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("*/7 * * * *")]
    [InlineData("0 */5 * * *")]
    [InlineData("0 9 1 * 1")]
    [InlineData("0 9 * * 1#2")]
    [InlineData("0 9 L * *")]
    [InlineData("0 9 * 6 *")]
    [InlineData("0 9-17 * * *")]
    [InlineData("1,2 9 * * *")]
    [InlineData("0 0 9 * * *")]
    [InlineData("0 0 0 * *")]
    [InlineData("0 9 * * MONDAY")]
    public void Another_shape_has_none(string cron) => CronWords.Of(cron, s_words).ShouldBeNull();
}
