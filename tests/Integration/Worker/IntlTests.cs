using System.Text.Json;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Worker;

/// <summary>
/// <c>Intl</c> in the locales that tenants live in. What is expected is put together by hand from CLDR 47 (common/main/LOCALE.xml):
/// the symbols and patterns of numbers and currencies, the date formats and names of the Gregorian calendar, the fields and list
/// patterns; and from common/supplemental/plurals.xml and common/collation/LOCALE.xml. A blank that does not break is written as one that does.
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

    // The words of months and days that stand alone.
    [Theory(Timeout = Timeout)]
    [InlineData("uz", "month", "Yanvar,Fevral,Mart,Aprel,May,Iyun,Iyul,Avgust,Sentabr,Oktabr,Noyabr,Dekabr")]
    [InlineData("kk", "weekday", "дүйсенбі,сейсенбі,сәрсенбі,бейсенбі,жұма,сенбі,жексенбі")]
    public async Task Names_of_months_and_days_are_the_locales(string locale, string part, string expected)
    {
        var dates = part is "month" ? "Array.from({ length: 12 }, (_, at) => new Date(Date.UTC(2026, at, 15)))" : "Array.from({ length: 7 }, (_, at) => new Date(Date.UTC(2026, 2, 2 + at)))";
        (await TextAsync($"{dates}.map(it => it.toLocaleDateString('{locale}', {{ {part}: 'long', timeZone: 'UTC' }}))")).ShouldBe(expected);
    }

    // Cardinals of 0, 1, 2, 5 and 21; relative-type -1 of the day; relativeTime future of the hour; listPattern standard, end.
    [Theory(Timeout = Timeout)]
    [InlineData("uz", "other one other other other|kecha|3 soatdan keyin|a, b va c")]
    [InlineData("kk", "other one other other other|кеше|3 сағаттан кейін|a, b, c")]
    [InlineData("ky", "other one other other other|кечээ|3 сааттан кийин|a, b жана c")]
    [InlineData("tg", "|дирӯз|пас аз 3 соат|a, b, c")]
    [InlineData("ka", "other one other other other|გუშინ|3 საათში|a, b და c")]
    [InlineData("hy", "one one other other other|երեկ|3 ժամից|a, b և c")]
    [InlineData("be", "many one few many one|учора|праз 3 гадзіны|a, b і c")]
    public async Task Plurals_relative_times_and_lists_follow_CLDR(string locale, string expected) =>
        (await TextAsync($"[Intl.PluralRules.supportedLocalesOf('{locale}').flatMap(it => [0, 1, 2, 5, 21].map(n => new Intl.PluralRules(it).select(n))).join(' '), " +
            $"new Intl.RelativeTimeFormat('{locale}', {{ numeric: 'auto' }}).format(-1, 'day'), new Intl.RelativeTimeFormat('{locale}').format(3, 'hour'), " +
            $"new Intl.ListFormat('{locale}').format(['a', 'b', 'c'])].join('|')")).ShouldBe(expected);

    // The alphabets: oʻ, gʻ, sh and ch are letters after z in Uzbek; Belarusian has ё after е, і where и would be, and ў after у.
    [Theory(Timeout = Timeout)]
    [InlineData("uz", "guruch,olma,suv,zebra,oʻrik,gʻoz,shar,choy")]
    [InlineData("kk", "а,ә,г,ғ,и,й,к,қ,н,ң,о,ө,у,ұ,ү,х,һ,ы,і")]
    [InlineData("be", "ева,ёлка,жук,зуб,ігла,йод,ухо,ўзор")]
    public async Task Words_are_sorted_by_the_alphabet(string locale, string expected) =>
        (await TextAsync($"'{expected}'.split(',').reverse().sort(new Intl.Collator('{locale}').compare)")).ShouldBe(expected);

    [Fact(Timeout = Timeout)]
    public async Task Time_zones_are_those_of_2024_and_later()
    {
        // tzdata 2024a: all of Kazakhstan is at +05 from 1 March 2024.
        (await TextAsync("['2024-02-29T12:00Z', '2024-03-01T12:00Z'].map(it => new Date(it).toLocaleTimeString('en-GB', { timeZone: 'Asia/Almaty' }))")).ShouldBe("18:00:00,17:00:00");
        const string Zones = "['Asia/Tashkent', 'Asia/Almaty', 'Asia/Bishkek', 'Asia/Dushanbe', 'Asia/Tbilisi', 'Asia/Yerevan', 'Europe/Minsk']";
        (await TextAsync($"{Zones}.map(timeZone => new Date('2026-07-01T00:00Z').toLocaleTimeString('en-GB', {{ timeZone, hour: 'numeric' }}))")).ShouldBe("05,05,06,05,04,04,03");
    }

    [Theory(Timeout = Timeout)]
    [InlineData("['UZS', 'KZT', 'KGS', 'TJS', 'GEL', 'AMD', 'BYN', 'AZN', 'TMT', 'MNT', 'MDL'].filter(it => !Intl.supportedValuesOf('currency').includes(it))", "")]
    [InlineData("['Asia/Tashkent', 'Asia/Almaty', 'Europe/Minsk'].filter(it => !Intl.supportedValuesOf('timeZone').includes(it))", "")]
    [InlineData("12345678901234567890n.toLocaleString('uz')", "12 345 678 901 234 567 890")]
    [InlineData("'i'.toLocaleUpperCase('az')", "İ")]
    [InlineData("[...new Intl.Segmenter('th', { granularity: 'word' }).segment('สวัสดีชาวโลก')].map(it => it.segment)", "สวัสดี,ชาว,โลก")]
    public async Task What_is_beside_the_formats_is_there_too(string expression, string value) => (await TextAsync(expression)).ShouldBe(value);

    private async Task<string> TextAsync(string expression) =>
        JsonSerializer.Deserialize<string>((await fixture.Worker.OutputAsync($"return String({expression}).replace(/[\\u00a0\\u202f]/g, ' ')"))!)!;
}
