using System.Text.Json;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Worker;

/// <summary>
/// <c>Intl</c> in the locales that tenants live in. What is expected is put together by hand from CLDR 47 (common/main/LOCALE.xml):
/// the symbols and patterns of numbers and currencies, the date formats and names of the Gregorian calendar, the fields and list
/// patterns; and from common/supplemental/plurals.xml. A blank that does not break is written as one that does.
/// </summary>
public sealed class IntlTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    private const int Timeout = 60_000;

    // CLDR has neither plural rules nor an order for Tajik, and says so by their absence.
    [Theory(Timeout = Timeout)]
    [InlineData("NumberFormat", "")]
    [InlineData("DateTimeFormat", "")]
    [InlineData("RelativeTimeFormat", "")]
    [InlineData("ListFormat", "")]
    [InlineData("DisplayNames", "")]
    [InlineData("Segmenter", "")]
    [InlineData("PluralRules", "tg")]
    [InlineData("Collator", "tg")]
    public async Task Each_service_knows_the_locales(string service, string without)
    {
        const string Locales = "['uz-UZ', 'uz-Latn', 'uz-Cyrl', 'kk-KZ', 'ky', 'tg', 'ka', 'hy', 'be', 'az', 'tk', 'mn', 'ro-MD', 'ru', 'en', 'de', 'ja']";
        (await TextAsync($"{Locales}.filter(it => !Intl.{service}.supportedLocalesOf([it]).length)")).ShouldBe(without);
    }

    // symbols-latn, decimalFormat, currencyFormat, percentFormat, the narrow or plain symbol of the currency, minimumGroupingDigits (2 in ka and be).
    [Theory(Timeout = Timeout)]
    [InlineData("uz-UZ", "UZS", "1 234 567,89|1 234,50 soʻm|26%")]
    [InlineData("uz-Cyrl", "UZS", "1 234 567,89|1 234,50 сўм|26%")]
    [InlineData("kk-KZ", "KZT", "1 234 567,89|1 234,50 ₸|26%")]
    [InlineData("ky", "KGS", "1 234 567,89|1 234,50 сом|26%")]
    [InlineData("tg", "TJS", "1 234 567,89|1 234,50 сом.|26%")]
    [InlineData("ka", "GEL", "1 234 567,89|1234,50 ₾|26%")]
    [InlineData("hy", "AMD", "1 234 567,89|1 234,50 ֏|26%")]
    [InlineData("be", "BYN", "1 234 567,89|1234,50 Br|26 %")]
    public async Task Numbers_are_written_as_CLDR_says(string locale, string currency, string expected) =>
        (await TextAsync($"[(1234567.89).toLocaleString('{locale}'), new Intl.NumberFormat('{locale}', {{ style: 'currency', currency: '{currency}' }}).format(1234.5), " +
            $"new Intl.NumberFormat('{locale}', {{ style: 'percent' }}).format(.256)].join('|')")).ShouldBe(expected);

    // dateFormats of the Gregorian calendar, its months and days in the form that stands within a date. 4 March 2026 is a Wednesday.
    [Theory(Timeout = Timeout)]
    [InlineData("uz-UZ", "04/03/26|4-mar, 2026|4-mart, 2026|chorshanba, 4-mart, 2026")]
    [InlineData("uz-Cyrl", "04/03/26|4 мар, 2026|4 март, 2026|чоршанба, 04 март, 2026")]
    [InlineData("kk-KZ", "04.03.26|2026 ж. 04 нау.|2026 ж. 4 наурыз|2026 ж. 4 наурыз, сәрсенбі")]
    [InlineData("ky", "4/3/26|2026-ж., 4-мар.|2026-ж., 4-март|2026-ж., 4-март, шаршемби")]
    [InlineData("tg", "04/03/26|04 Мар 2026|04 Март 2026|Чоршанбе, 04 Март 2026")]
    [InlineData("ka", "04.03.26|4 მარ. 2026|4 მარტი, 2026|ოთხშაბათი, 04 მარტი, 2026")]
    [InlineData("hy", "04.03.26|04 մրտ, 2026 թ.|04 մարտի, 2026 թ.|2026 թ. մարտի 4, չորեքշաբթի")]
    [InlineData("be", "4.03.26|4 сак 2026 г.|4 сакавіка 2026 г.|серада, 4 сакавіка 2026 г.")]
    public async Task Dates_are_written_as_CLDR_says(string locale, string expected) =>
        (await TextAsync($"['short', 'medium', 'long', 'full'].map(dateStyle => new Date(Date.UTC(2026, 2, 4)).toLocaleDateString('{locale}', {{ dateStyle, timeZone: 'UTC' }})).join('|')"))
            .ShouldBe(expected);

    private async Task<string> TextAsync(string expression) =>
        JsonSerializer.Deserialize<string>((await fixture.Worker.OutputAsync($"return String({expression}).replace(/[\\u00a0\\u202f]/g, ' ')"))!)!;
}
