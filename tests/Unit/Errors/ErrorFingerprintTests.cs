using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Errors;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Errors;

/// <summary>Which failures are the same one, and which are not.</summary>
public sealed class ErrorFingerprintTests
{
    [Theory]
    [InlineData("no order 7", "no order <n>")]
    [InlineData("no order -7.25", "no order <n>")]
    [InlineData("no order 1,234,567.5", "no order <n>")]
    [InlineData("took 1.5e-7 of 3E8", "took <n> of <n>")]
    [InlineData("took 1500ms, at most 2s", "took <n>ms, at most <n>s")]
    [InlineData("list [1,2,3] has 3", "list [<n>] has <n>")]
    [InlineData("range 5-10", "range <n>-<n>")]
    [InlineData("order #42, item:7", "order #<n>, item:<n>")]
    [InlineData("order123 failed", "order<n> failed")]
    [InlineData("INV-2024-001 is paid", "INV-<n>-<n> is paid")]
    [InlineData("connect 10.0.0.1:8080", "connect <n>:<n>")]
    [InlineData("version 1.2.3beta", "version <n>.<id>")]
    [InlineData("at 0x1F and 0xdeadbeef", "at <id> and <id>")]
    [InlineData("commit 3fa85f64 and deadbeef12", "commit <id> and <id>")]
    [InlineData("key ab12cd34", "key <id>")]
    [InlineData("object 507f1f77bcf86cd799439011", "object <id>")]
    [InlineData("id 3fa85f64-5717-4562-b3fc-2c963f66afa6.", "id <uuid>.")]
    [InlineData("id 3FA85F64-5717-4562-B3FC-2C963F66AFA6", "id <uuid>")]
    [InlineData("user ann.lee+x@mail.example.com is unknown", "user <email> is unknown")]
    [InlineData("mail to a@b.example.", "mail to <email>.")]
    [InlineData("GET https://api.example.com/v1/orders/7?x=1 failed", "GET <url> failed")]
    [InlineData("(see http://example.com/a).", "(see <url>).")]
    [InlineData("due 2026-01-31", "due <date>")]
    [InlineData("due 2026-01-31T08:00:00.123Z!", "due <date>!")]
    [InlineData("due 2026-01-31 08:00:00+05:00", "due <date>")]
    [InlineData("due Thu Nov 26 2026 11:29:21 GMT+0000", "due <date> <n>:<n>:<n> GMT+<n>")]
    [InlineData("due Thu, 26 Nov 2026 11:29:21 GMT", "due <date> <n>:<n>:<n> GMT")]
    [InlineData("token eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9 expired", "token <id> expired")]
    [InlineData("hash dGhpcyBpcyBhIGxvbmcgdGV4dCB0aGF0IGlzIGJhc2U2NA== differs", "hash <id> differs")]
    [InlineData("client 'Ann' has no \"tier\"", "client '<text>' has no \"<text>\"")]
    [InlineData("client “Ann” or «Bob» or `Eve`", "client “<text>” or «<text>» or `<text>`")]
    [InlineData("client 'O'Neil' is gone", "client '<text>' is gone")]
    [InlineData("client '' is gone", "client '<text>' is gone")]
    [InlineData("can't read, don't know", "can't read, don't know")]
    [InlineData("it's 'half open", "it's 'half open")]
    [InlineData("Cannot read properties of undefined (reading 'name')", "Cannot read properties of undefined (reading 'name')")]
    [InlineData("Cannot read properties of undefined (reading 'row17')", "Cannot read properties of undefined (reading '<text>')")]
    [InlineData("Cannot destructure property 'id' of 'x' as it is null.", "Cannot destructure property 'id' of '<text>' as it is null.")]
    [InlineData("x is not defined", "x is not defined")]
    [InlineData("заказ 17 не найден", "заказ <n> не найден")]
    [InlineData("  two\r\n\tlines  ", "two lines")]
    [InlineData("", "")]
    [InlineData("a\0b", "a\ufffdb")]
    [InlineData("paid 😀 7", "paid 😀 <n>")]
    [InlineData("some-kebab-case-name-that-is-rather-long-V2x-and-Z9", "some-kebab-case-name-that-is-rather-long-<id>-and-Z<n>")]
    public void A_message_is_kept_without_its_variables(string message, string template) => MessageTemplate.Of(message).ShouldBe(template);

    [Fact]
    public void Halves_of_a_surrogate_pair_become_storable_and_are_no_difference() =>
        MessageTemplate.Of("a\ud800 7 \udc00").ShouldBe("a\ufffd <n> \ufffd");

    [Theory]
    [InlineData("no order 7", "no order 8123")]
    [InlineData("no order 3fa85f64-5717-4562-b3fc-2c963f66afa6", "no order 00000000-0000-0000-0000-000000000001")]
    [InlineData("POST https://a.example/1: 500", "POST https://b.example/2/x: 502")]
    [InlineData("client 'Ann' is gone", "client 'Bob 7' is gone")]
    public void Messages_that_differ_in_values_fall_together(string one, string other) => Hash(one).ShouldBe(Hash(other));

    [Theory]
    [InlineData("no order 7", "no client 7")]
    [InlineData("no order 7", "no order")]
    [InlineData("Cannot read properties of undefined (reading 'name')", "Cannot read properties of undefined (reading 'price')")]
    [InlineData("a is not defined", "b is not defined")]
    [InlineData("no order 7", "No order 7")]
    public void Messages_that_differ_in_words_stay_apart(string one, string other) => Hash(one).ShouldNotBe(Hash(other));

    [Fact]
    public void The_code_and_the_function_tell_failures_apart_and_the_line_does_not()
    {
        var known = Of("load", line: 3);

        Of("load", line: 30).Hash.ShouldBe(known.Hash);
        Of("save", line: 3).Hash.ShouldNotBe(known.Hash);
        ErrorFingerprint.Of(Codes.HttpError, Error("load", 3)).Hash.ShouldNotBe(known.Hash);
        ErrorFingerprint.Of(Codes.ScriptError, error: null).Hash.ShouldNotBe(known.Hash);
        known.Hash.Length.ShouldBe(16);
    }

    [Theory]
    [InlineData("Error: no\n    at load (3:9)\n    at async main (12:1)", "load")]
    [InlineData("Error: no\n    at async Orders.load (3:9)", "Orders.load")]
    [InlineData("Error: no\n    at new Missing (1:5)\n    at load (3:9)", "load")]
    [InlineData("Error: no\n    at 3:9\n    at main (12:1)", null)]
    [InlineData("Error: no", null)]
    [InlineData("Error: no\n    with code (3:9)", null)]
    [InlineData(null, null)]
    public void The_function_is_that_of_the_frame_which_the_error_points_to(string? stack, string? function) =>
        ErrorFingerprint.Of(Codes.ScriptError, new ExecutionError("no", 3, 9, stack, "Error")).Function.ShouldBe(function);

    [Fact]
    public void A_message_that_looks_like_a_frame_is_none()
    {
        const string message = "no\n    at forged (3:9)";
        var error = new ExecutionError(message, 3, 9, $"Error: {message}\n    at load (3:9)", "Error");

        ErrorFingerprint.Of(Codes.ScriptError, error).Function.ShouldBe("load");
    }

    [Fact]
    public void A_computed_name_of_a_function_is_a_variable_too() => Of("handler17", 3).Hash.ShouldBe(Of("handler18", 3).Hash);

    [Fact]
    public void A_long_message_counts_as_far_as_its_template_goes()
    {
        var words = string.Concat(Enumerable.Repeat("word ", 2_000));

        MessageTemplate.Of(words).Length.ShouldBeLessThanOrEqualTo(MessageTemplate.LengthMax);
        Hash(words + "one").ShouldBe(Hash(words + "other"));
        var full = new string('x', MessageTemplate.LengthMax - 1);
        MessageTemplate.Of(full + "😀").ShouldBe(full);
    }

    private static byte[] Hash(string message) => ErrorFingerprint.Of(Codes.ScriptError, new ExecutionError(message)).Hash;

    private static ErrorFingerprint Of(string function, int line) => ErrorFingerprint.Of(Codes.ScriptError, Error(function, line));

    private static ExecutionError Error(string function, int line) =>
        new("no order 7", line, 9, $"Error: no order 7\n    at {function} ({line}:9)\n    at {line + 10}:1", "Error");
}
