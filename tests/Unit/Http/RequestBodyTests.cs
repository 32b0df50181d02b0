using System.Text;
using System.Text.Json;
using Sandbox.Supervisor.HttpTriggers;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Http;

public sealed class RequestBodyTests
{
    private const string Form = "multipart/form-data; boundary=b";

    /// <summary>Of a body in Latin-1: one character is one byte.</summary>
    private static Task<string> ReadAsync(string? type, string body, string? encoding = null) => ReadAsync(type, Encoding.Latin1.GetBytes(body), encoding);

    private static async Task<string> ReadAsync(string? type, byte[] body, string? encoding = null)
    {
        var json = await RequestBody.ReadAsync(type, encoding, body, TestContext.Current.CancellationToken);
        using var parsed = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 600 });
        return Encoding.UTF8.GetString(json.Span);
    }

    private static string Part(string disposition, string content, string headers = "") => $"--b\r\nContent-Disposition: {disposition}\r\n{headers}\r\n{content}\r\n";

    [Theory(Timeout = 10_000)]
    [InlineData("application/json")]
    [InlineData("Application/JSON; charset=utf-8")]
    [InlineData("text/json")]
    [InlineData("application/cloudevents+json")]
    [InlineData("application/json;;;")]
    public async Task Json_is_parsed_by_each_of_its_names_and_without_its_mark(string type)
    {
        (await ReadAsync(type, """{"a":1.10,"__proto__":{},"b":"\ud800\u0000","b":2}""")).ShouldBe("""{"a":1.10,"__proto__":{},"b":"\ud800\u0000","b":2}""");
        (await ReadAsync(type, "\u00ef\u00bb\u00bf[1]")).ShouldBe("[1]");
    }

    [Theory(Timeout = 10_000)]
    [InlineData("application/json", "{")]
    [InlineData("application/json", "")]
    [InlineData("application/json", "\"\u00ff\"")]
    [InlineData("application/json", "[1] [2]")]
    [InlineData("application/json", "\u00ef\u00bb\u00bf\u00ef\u00bb\u00bf1")]
    [InlineData("application/octet-stream", "x")]
    [InlineData("application/xml", "<a/>")]
    [InlineData("image/svg+xml", "<a/>")]
    [InlineData(null, "x")]
    [InlineData("", "x")]
    [InlineData(";", "x")]
    [InlineData("text", "x")]
    public async Task What_does_not_parse_and_what_is_of_another_type_is_null(string? type, string body) => (await ReadAsync(type, body)).ShouldBe("null");

    [Theory(Timeout = 10_000)]
    [InlineData("gzip", "null")]
    [InlineData("identity, br", "null")]
    [InlineData("zstd", "null")]
    [InlineData("Identity", "[1]")]
    [InlineData("", "[1]")]
    public async Task A_compressed_body_is_null(string encoding, string expected) => (await ReadAsync("application/json", "[1]", encoding)).ShouldBe(expected);

    [Fact(Timeout = 10_000)]
    public async Task Json_of_500_levels_is_parsed_and_of_501_is_null()
    {
        var deep = new string('[', 500) + new string(']', 500);
        (await ReadAsync("application/json", deep)).ShouldBe(deep);
        (await ReadAsync("application/json", $"[{deep}]")).ShouldBe("null");
    }

    [Theory(Timeout = 10_000)]
    [InlineData("a=1&b=2&a=3", """{"a":["1","3"],"b":"2"}""")]
    [InlineData("a[]=1&a[b]=2", """{"a[]":"1","a[b]":"2"}""")]
    [InlineData("a=%zz&b=%e9&c=100%&d=%C3%A9+x", """{"a":"%zz","b":"%e9","c":"100%","d":"é x"}""")]
    [InlineData("__proto__=1&constructor=2&a", """{"__proto__":"1","constructor":"2","a":""}""")]
    [InlineData("a=%00", """{"a":"\u0000"}""")]
    [InlineData("a=\u00ff", """{"a":"�"}""")]
    public async Task A_form_is_an_object_of_its_pairs(string body, string expected) => (await ReadAsync("application/x-www-form-urlencoded", body)).ShouldBe(expected);

    [Theory(Timeout = 10_000)]
    [InlineData("text/plain", "\u00ef\u00bb\u00bf\u00c3\u00a9", "é")]
    [InlineData("text/plain; charset=utf-8", "\u00ef\u00bb\u00bf\u00c3\u00a9", "é")]
    [InlineData("text/plain; charset=\"UTF-8\"", "\u00c3\u00a9", "é")]
    [InlineData("text/csv; charset=windows-1251", "\u00cf\u00f0\u00e8\u00e2\u00e5\u00f2", "Привет")]
    [InlineData("text/csv; charset=koi8-r", "\u00f0\u00d2\u00c9\u00d7\u00c5\u00d4", "Привет")]
    [InlineData("text/plain; charset=iso-8859-1", "\u00e9\u00ff", "éÿ")]
    [InlineData("text/plain; charset=shift_jis", "\u0082\u00a0", "あ")]
    [InlineData("text/plain; charset=utf-16", "\u00e9\u0000", "é")]
    [InlineData("text/plain; charset=utf-16", "\u00ff\u00fe\u00e9\u0000", "é")]
    [InlineData("text/plain; charset=utf-16", "\u00fe\u00ff\u0000\u00e9", "é")]
    [InlineData("text/plain; charset=utf-16be", "\u0000\u00e9", "é")]
    [InlineData("text/plain; charset=utf-16", "\u0000\u00d8", "�")]
    [InlineData("text/plain; charset=us-ascii", "a\u00e9", "a�")]
    [InlineData("text/plain; charset=nonsense", "\u00c3\u00a9\u00ff", "é�")]
    [InlineData("text/plain; charset=utf-7", "+AGE-", "+AGE-")]
    [InlineData("text/html", "<p>\u00ff", "<p>�")]
    public async Task Text_is_read_in_the_charset_it_names(string type, string body, string expected) =>
        JsonSerializer.Deserialize<string>(await ReadAsync(type, body)).ShouldBe(expected);

    [Fact(Timeout = 60_000)]
    public async Task Any_bytes_are_a_text_in_any_charset()
    {
        var random = new Random(1);
        foreach (var name in CodePagesEncodingProvider.Instance.GetEncodings().Concat(Encoding.GetEncodings()).Select(info => info.Name).Distinct())
        {
            for (var i = 0; i < 20; i++)
            {
                var bytes = new byte[random.Next(1, 200)];
                random.NextBytes(bytes);
                (await ReadAsync($"text/plain; charset={name}", bytes)).ShouldStartWith("\"", customMessage: name);
            }
        }
    }

    [Fact(Timeout = 10_000)]
    public async Task A_multipart_form_is_an_object_of_texts_and_files()
    {
        var body = Part("form-data; name=\"a\"", "1") + Part("form-data; name=\"a\"", "2")
            + Part("form-data; name=\"\u00c3\u00a9\"", "\u00cf", "Content-Type: text/plain; charset=windows-1251\r\n")
            + Part("form-data; name=\"f\"; filename=\"x \u00c3\u00a9.bin\"", "\u0000\u00ff\r\n", "Content-Type: image/png\r\n")
            + Part("form-data; name=\"g\"; filename=\"\"", "")
            + Part("form-data; name=\"__proto__\"", "p") + "--b--\r\n";
        (await ReadAsync(Form, body)).ShouldBe(
            """{"a":["1","2"],"é":"П","f":{"filename":"x é.bin","contentType":"image/png","size":4,"base64":"AP8NCg=="},"g":{"filename":"","contentType":"text/plain","size":0,"base64":""},"__proto__":"p"}""");
        (await ReadAsync("multipart/form-data; boundary=\"b\"", "--b--\r\n")).ShouldBe("{}");
    }

    [Fact(Timeout = 10_000)]
    public async Task Files_of_one_name_are_a_list()
    {
        var file = Part("form-data; name=\"f\"; filename=\"a\"", "1");
        using var parsed = JsonDocument.Parse(await ReadAsync(Form, $"{file}{file}--b--"));
        parsed.RootElement.GetProperty("f").GetArrayLength().ShouldBe(2);
    }

    /// <summary>Multipart bodies that are none.</summary>
    public static TheoryData<string, string> NoForms => new()
    {
        { "multipart/form-data", Part("form-data; name=a", "1") + "--b--" },
        { "multipart/form-data; boundary=", "--b--" },
        { $"multipart/form-data; boundary={new string('b', 5_000)}", "--b--" },
        { "multipart/form-data; boundary=other", Part("form-data; name=a", "1") + "--b--" },
        { Form, Part("form-data; name=a", "1") },
        { Form, Part("form-data", "1") + "--b--" },
        { Form, Part("nonsense;;", "1") + "--b--" },
        { Form, "--b\r\n\r\n1\r\n--b--" },
        { Form, "nothing" },
        { Form, Part("form-data; name=a", "1", $"X-Long: {new string('x', 100_000)}\r\n") + "--b--" },
        { Form, Part("form-data; name=a", "1", string.Concat(Enumerable.Range(0, 1_000).Select(i => $"X-{i}: 1\r\n"))) + "--b--" },
        { Form, Part("form-data; name=a", "1", "no colon\r\n") + "--b--" },
        { "multipart/mixed; boundary=b", Part("form-data; name=a", "1") + "--b--" },
    };

    [Theory(Timeout = 10_000)]
    [MemberData(nameof(NoForms))]
    public async Task A_multipart_body_that_is_no_form_is_null(string type, string body) => (await ReadAsync(type, body)).ShouldBe("null");

    [Fact(Timeout = 30_000)]
    public async Task A_form_of_10000_parts_is_read_and_of_more_is_null()
    {
        var parts = string.Concat(Enumerable.Range(0, 10_000).Select(i => Part($"form-data; name=\"{i % 100}\"", "1")));
        using var parsed = JsonDocument.Parse(await ReadAsync(Form, $"{parts}--b--"));
        parsed.RootElement.EnumerateObject().Sum(name => name.Value.GetArrayLength()).ShouldBe(10_000);
        (await ReadAsync(Form, $"{parts}{Part("form-data; name=z", "1")}--b--")).ShouldBe("null");
    }
}
