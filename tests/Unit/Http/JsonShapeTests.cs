using System.Text;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Scripts;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Http;

public sealed class JsonShapeTests
{
    private static Result<ScriptWrite> Read(string json) => JsonShape.Read(Encoding.UTF8.GetBytes(json), ScriptsJson.Default.ScriptWrite);

    [Fact(Timeout = 10_000)]
    public Task A_whole_write_is_read()
    {
        var write = Read("""{"name":"abc","kind":"oneoff","limits":{"timeout_ms":5000},"trigger":{"a":1.10},"tags":["x"],"input_schema":null}""").Value.ShouldNotBeNull();
        write.Kind.ShouldBe(ScriptKind.OneOff);
        write.Limits!.TimeoutMs.ShouldBe(5000);
        write.Trigger!.Value.Text.ShouldBe("""{"a":1.10}""");
        return Task.CompletedTask;
    }

    [Theory(Timeout = 10_000)]
    [InlineData("{\"name\":\n  oops}", 2)]
    [InlineData("{", 1)]
    [InlineData("{} {}", 1)]
    [InlineData("", 1)]
    public Task What_is_no_JSON_is_a_400_that_says_where(string json, int line)
    {
        var problem = Read(json).Problem.ShouldNotBeNull();
        problem.Status.ShouldBe(400);
        problem.Detail.ShouldContain($"line {line},");
        return Task.CompletedTask;
    }

    [Fact(Timeout = 10_000)]
    public Task What_is_no_UTF_8_is_a_400()
    {
        JsonShape.Read([(byte)'{', (byte)'"', 0xff, (byte)'"', (byte)':', (byte)'1', (byte)'}'], ScriptsJson.Default.ScriptWrite).Problem!.Status.ShouldBe(400);
        return Task.CompletedTask;
    }

    [Theory(Timeout = 10_000)]
    [InlineData("""{"nmae":"x"}""", "nmae", "title")]
    [InlineData("""{"limits":{"timeout":5}}""", "limits.timeout", "timeout_ms")]
    [InlineData("""{"name":5}""", "name", "string")]
    [InlineData("""{"kind":"cron"}""", "kind", "scheduled, http, event, oneoff, embedded")]
    [InlineData("""{"kind":0}""", "kind", "scheduled")]
    [InlineData("""{"limits":{"timeout_ms":"5"}}""", "limits.timeout_ms", "whole number")]
    [InlineData("""{"limits":{"timeout_ms":1.5}}""", "limits.timeout_ms", "whole number")]
    [InlineData("""{"enabled":"yes"}""", "enabled", "true or false")]
    [InlineData("""{"tags":"x"}""", "tags", "list")]
    [InlineData("[]", "body", "object")]
    [InlineData("null", "body", "object")]
    public Task A_field_that_is_unknown_or_of_the_wrong_type_is_named(string json, string field, string says)
    {
        var problem = Read(json).Problem.ShouldNotBeNull();
        problem.Status.ShouldBe(422);
        var error = problem.Errors.ShouldHaveSingleItem();
        error.Field.ShouldBe(field);
        error.Message.ShouldContain(says);
        error.Message.ShouldNotContain("System.");
        return Task.CompletedTask;
    }

    [Theory(Timeout = 10_000)]
    [InlineData("1000.0", 1000)]
    [InlineData("1e3", 1000)]
    [InlineData("1.5E+3", 1500)]
    [InlineData("100000e-2", 1000)]
    [InlineData("-0.0", 0)]
    [InlineData("2147483647.0", int.MaxValue)]
    public Task A_whole_number_is_read_however_it_is_written(string number, int value)
    {
        Read($$"""{"limits":{"timeout_ms":{{number}} },"trigger":{"a":{{number}} } }""").Value.ShouldNotBeNull().ShouldSatisfyAllConditions(
            write => write.Limits!.TimeoutMs.ShouldBe(value),
            write => write.Trigger!.Value.Text.ShouldBe($$"""{"a":{{number}} }"""));
        var trigger = Encoding.UTF8.GetBytes($$"""{"body_limit_bytes":{{number}},"requests_per_minute":{{number}},"cors":{"max_age_seconds":{{number}} } }""");
        JsonShape.Read(trigger, ScriptsJson.Default.HttpTrigger).Value.ShouldNotBeNull().ShouldSatisfyAllConditions(
            read => read.BodyLimitBytes.ShouldBe(value),
            read => read.RequestsPerMinute.ShouldBe(value),
            read => read.Cors!.MaxAgeSeconds.ShouldBe(value));
        return Task.CompletedTask;
    }

    [Theory(Timeout = 10_000)]
    [InlineData("1000.5")]
    [InlineData("1e-1")]
    [InlineData("9223372036854775808")]
    [InlineData("9223372036854775808.0")]
    [InlineData("1e400")]
    [InlineData("-1e30")]
    [InlineData("true")]
    public Task What_is_no_whole_number_in_range_is_refused(string number)
    {
        foreach (var field in new[] { "body_limit_bytes", "requests_per_minute" })
        {
            var problem = JsonShape.Read(Encoding.UTF8.GetBytes($$"""{"{{field}}":{{number}}}"""), ScriptsJson.Default.HttpTrigger).Problem.ShouldNotBeNull();
            problem.Errors.ShouldHaveSingleItem().Field.ShouldBe(field);
        }

        JsonShape.Read("""{"requests_per_minute":2147483648.0}"""u8, ScriptsJson.Default.HttpTrigger).Problem.ShouldNotBeNull();
        return Task.CompletedTask;
    }

    [Fact(Timeout = 10_000)]
    public Task A_lone_surrogate_in_a_string_is_kept_both_ways()
    {
        var write = Read("""{"title":"a\ud800b"}""").Value.ShouldNotBeNull();
        write.Title.ShouldBe("a\ud800b");
        System.Text.Json.JsonSerializer.Serialize(write, ScriptsJson.Default.ScriptWrite).ShouldContain("""a\ud800b""", Case.Insensitive);
        return Task.CompletedTask;
    }
}
