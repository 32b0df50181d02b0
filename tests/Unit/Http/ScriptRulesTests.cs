using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Scripts;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Http;

public sealed class ScriptRulesTests
{
    private static readonly Script s_blank = new()
    {
        Id = Guid.NewGuid(),
        TenantId = Guid.NewGuid(),
        Name = "",
        Kind = ScriptKind.Embedded,
        Source = "",
        Version = 1,
        VersionId = Guid.NewGuid(),
    };

    private static readonly ScriptWrite s_good = new() { Name = "price", Kind = ScriptKind.Embedded, Source = "return 1" };

    private static IEnumerable<string> Fields(ScriptWrite write) => ScriptRules.Apply(s_blank, write, isNew: true).Problem?.Errors.Select(error => error.Field) ?? [];

    [Theory(Timeout = 10_000)]
    [InlineData("abc", true)]
    [InlineData("a-1", true)]
    [InlineData("ab", false)]
    [InlineData("Abc", false)]
    [InlineData("1abc", false)]
    [InlineData("abc-", false)]
    [InlineData("a_c", false)]
    [InlineData("abc\n", false)]
    [InlineData("validate", false)]
    [InlineData("try", false)]
    [InlineData("export", false)]
    [InlineData("import", false)]
    [InlineData("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", false)]
    public Task A_name_keeps_to_its_grammar(string name, bool good)
    {
        Fields(s_good with { Name = name }).ShouldBe(good ? [] : ["name"]);
        return Task.CompletedTask;
    }

    [Fact(Timeout = 10_000)]
    public Task A_name_has_at_most_100_characters()
    {
        Fields(s_good with { Name = new string('a', 100) }).ShouldBeEmpty();
        Fields(s_good with { Name = new string('a', 101) }).ShouldBe(["name"]);
        return Task.CompletedTask;
    }

    [Fact(Timeout = 10_000)]
    public Task A_new_script_says_all_that_it_lacks_at_once()
    {
        Fields(new ScriptWrite()).ShouldBe(["name", "kind", "source"]);
        return Task.CompletedTask;
    }

    [Theory(Timeout = 10_000)]
    [InlineData("timeout_ms", 999, 300_001)]
    [InlineData("memory_bytes", (32L << 20) - 1, (512L << 20) + 1)]
    [InlineData("output_bytes", 1023, (10L << 20) + 1)]
    [InlineData("concurrency", 0, 101)]
    [InlineData("calls", -1, 100_001)]
    public Task A_limit_out_of_its_range_is_named_with_the_range(string field, long below, long above)
    {
        foreach (var value in new[] { below, above })
        {
            var limits = new ScriptLimitsWrite
            {
                TimeoutMs = field == "timeout_ms" ? value : null,
                MemoryBytes = field == "memory_bytes" ? value : null,
                OutputBytes = field == "output_bytes" ? value : null,
                Concurrency = field == "concurrency" ? value : null,
                Calls = field == "calls" ? value : null,
            };
            var error = ScriptRules.Apply(s_blank, s_good with { Limits = limits }, isNew: true).Problem.ShouldNotBeNull().Errors.ShouldHaveSingleItem();
            error.Field.ShouldBe($"limits.{field}");
            error.Message.ShouldContain($"is {value}; choose");
        }

        return Task.CompletedTask;
    }

    [Fact(Timeout = 10_000)]
    public Task A_one_off_script_may_take_an_hour_and_no_other()
    {
        var hour = new ScriptLimitsWrite { TimeoutMs = 3_600_000 };
        Fields(s_good with { Kind = ScriptKind.OneOff, Limits = hour }).ShouldBeEmpty();
        Fields(s_good with { Limits = hour }).ShouldBe(["limits.timeout_ms"]);
        return Task.CompletedTask;
    }

    [Fact(Timeout = 10_000)]
    public Task A_source_has_at_most_100_KB_of_UTF_8()
    {
        Fields(s_good with { Source = new string('é', 50 * 1024) }).ShouldBeEmpty();
        Fields(s_good with { Source = new string('é', 50 * 1024) + "x" }).ShouldBe(["source"]);
        return Task.CompletedTask;
    }

    [Theory(Timeout = 10_000)]
    [InlineData(ScriptKind.Http, null, "trigger")]
    [InlineData(ScriptKind.Http, "{}", "trigger.path")]
    [InlineData(ScriptKind.Http, """{"path":"/a","method":"GET"}""", "trigger.method")]
    [InlineData(ScriptKind.Http, """{"path":"/a","methods":["FETCH"]}""", "trigger.methods")]
    [InlineData(ScriptKind.Http, """{"path":"/a","methods":"GET"}""", "trigger.methods")]
    [InlineData(ScriptKind.Http, """{"path":"/a","auth":"none"}""", "trigger.auth")]
    [InlineData(ScriptKind.Http, """{"path":"/a","auth":"webhook"}""", "trigger.webhook")]
    [InlineData(ScriptKind.Http, """{"path":"/a","webhook":{"provider":"github","secret":"hook"}}""", "trigger.webhook")]
    [InlineData(ScriptKind.Http, """{"path":"/a","auth":"webhook","webhook":{"secret":"hook"}}""", "trigger.webhook.provider")]
    [InlineData(ScriptKind.Http, """{"path":"/a","auth":"webhook","webhook":{"provider":"acme","secret":"hook"}}""", "trigger.webhook.provider")]
    [InlineData(ScriptKind.Http, """{"path":"/a","auth":"webhook","webhook":{"provider":"github"}}""", "trigger.webhook.secret")]
    [InlineData(ScriptKind.Http, """{"path":"/a","auth":"webhook","webhook":{"provider":"github","secret":"No name"}}""", "trigger.webhook.secret")]
    [InlineData(ScriptKind.Http, """{"path":"/a","auth":"webhook","webhook":{"provider":"stripe","secret":"hook","tolerance":3601}}""", "trigger.webhook.tolerance")]
    [InlineData(ScriptKind.Http, """{"path":"/a","auth":"webhook","webhook":{"provider":"stripe","secret":"hook","tolerance":0}}""", "trigger.webhook.tolerance")]
    [InlineData(ScriptKind.Http, """{"path":"/a","mode":"later"}""", "trigger.mode")]
    [InlineData(ScriptKind.Http, """{"path":"/a","body_limit_bytes":99999999}""", "trigger.body_limit_bytes")]
    [InlineData(ScriptKind.Http, """{"path":"/a","requests_per_minute":0}""", "trigger.requests_per_minute")]
    [InlineData(ScriptKind.Http, """{"path":"/a","cors":{"origins":["shop.example.com"]}}""", "trigger.cors.origins")]
    [InlineData(ScriptKind.Http, """{"path":"/a","cors":{"origins":["*"],"credentials":true}}""", "trigger.cors.credentials")]
    [InlineData(ScriptKind.Scheduled, """{"cron":"99 * * * *"}""", "trigger.cron")]
    [InlineData(ScriptKind.Scheduled, """{"cron":"0 0 * * *","timezone":"Mars/Olympus"}""", "trigger.timezone")]
    [InlineData(ScriptKind.Scheduled, """{"cron":"0 0 * * *","overlap":"maybe"}""", "trigger.overlap")]
    [InlineData(ScriptKind.Event, """{"event_types":[]}""", "trigger.event_types")]
    [InlineData(ScriptKind.Embedded, """{"path":"/a"}""", "trigger")]
    public Task A_trigger_that_does_not_fit_its_kind_is_refused_by_its_field(ScriptKind kind, string? trigger, string field)
    {
        Fields(s_good with { Kind = kind, Trigger = trigger is null ? null : new RawJson(trigger) }).ShouldBe([field]);
        return Task.CompletedTask;
    }

    [Fact(Timeout = 10_000)]
    public Task A_trigger_is_kept_with_its_defaults_and_closed_by_default()
    {
        var script = ScriptRules.Apply(s_blank, s_good with { Kind = ScriptKind.Http, Trigger = new RawJson("""{"path":"/a","methods":["get","GET"]}""") }, isNew: true).Value.ShouldNotBeNull();
        script.Trigger!.Value.Text.ShouldContain("\"auth\":\"token\"");
        script.Trigger!.Value.Text.ShouldContain("\"methods\":[\"GET\"]");
        script.Trigger!.Value.Text.ShouldContain("\"body_limit_bytes\":1048576");
        return Task.CompletedTask;
    }

    [Fact(Timeout = 10_000)]
    public Task A_kind_never_changes()
    {
        ScriptRules.Apply(s_blank with { Name = "price" }, new ScriptWrite { Kind = ScriptKind.OneOff }, isNew: false).Problem!.Errors[0].Field.ShouldBe("kind");
        return Task.CompletedTask;
    }
}
