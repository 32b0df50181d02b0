using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.HttpTriggers;
using Sandbox.Supervisor.Scripts;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Http;

/// <summary>A webhook whose secret cannot be used.</summary>
public sealed class WebhookGateTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly KeptLines _log = new();

    [Fact(Timeout = 10_000)]
    public async Task A_missing_secret_refuses_and_is_told_to_the_operator_once_a_minute_per_script()
    {
        var gate = new WebhookGate(new OneSecret(null), _time, _log);
        var (first, second) = (Hook(WebhookProvider.GitHub), Hook(WebhookProvider.GitHub));

        for (var i = 0; i < 3; i++) (await JudgeAsync(gate, first)).ShouldBe((false, null));
        _log.Lines.ShouldHaveSingleItem().ShouldContain("the secret hook, which its tenant does not have");
        _log.Lines[0].ShouldContain(first.ScriptId.ToString());
        (await JudgeAsync(gate, second)).IsValid.ShouldBeFalse();
        _log.Lines.Count.ShouldBe(2);
        _time.Advance(TimeSpan.FromMinutes(1));
        (await JudgeAsync(gate, first)).IsValid.ShouldBeFalse();
        _log.Lines.Count.ShouldBe(3);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_secret_that_is_no_key_of_Standard_Webhooks_refuses_and_its_value_is_in_no_line()
    {
        var gate = new WebhookGate(new OneSecret("whsec_not base64"), _time, _log);

        (await JudgeAsync(gate, Hook(WebhookProvider.Standard))).ShouldBe((false, null));

        _log.Lines.ShouldHaveSingleItem().ShouldContain("no key of Standard Webhooks");
        _log.Lines[0].ShouldNotContain("not base64");
    }

    private static ValueTask<(bool IsValid, string? Challenge)> JudgeAsync(WebhookGate gate, Route route) =>
        gate.JudgeAsync(new DefaultHttpContext(), new Tenant { Id = Guid.NewGuid(), Slug = "acme", Name = "Acme" }, route, default);

    private static Route Hook(WebhookProvider provider)
    {
        var webhook = new HttpWebhook { Provider = provider, Secret = "hook" };
        return new Route(Guid.NewGuid(), "hook", RouteTemplate.Parse("/hook").Value!, new HttpTrigger { Path = "/hook", Auth = HttpAuth.Webhook, Webhook = webhook });
    }

    private sealed class OneSecret(string? value) : ISecretLookup
    {
        public ValueTask<string?> GetAsync(Guid tenantId, string name, CancellationToken cancellationToken) => ValueTask.FromResult(value);
    }

    private sealed class KeptLines : ILogger<WebhookGate>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public void Log<TState>(Microsoft.Extensions.Logging.LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
