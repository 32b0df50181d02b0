using System.Text.Json.Nodes;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Sandbox.Protocol.Api;
using Sandbox.Web;
using Sandbox.Web.Components;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Web;

public sealed class ScriptTriggerTests
{
    private static readonly StringLocalizer<Words> s_words =
        new(new ResourceManagerStringLocalizerFactory(Options.Create(new LocalizationOptions()), NullLoggerFactory.Instance));

    [Theory]
    [InlineData(ScriptKind.Scheduled, """{"cron":"0 9 * * 1-5","timezone":"Asia/Tashkent"}""", "Weekdays at 09:00, Asia/Tashkent")]
    [InlineData(ScriptKind.Scheduled, """{"cron":"@hourly"}""", "Every hour, UTC")]
    [InlineData(ScriptKind.Scheduled, """{"cron":"0 9 1-7 * 1"}""", null)]
    [InlineData(ScriptKind.Scheduled, """{"timezone":"UTC"}""", null)]
    [InlineData(ScriptKind.Event, """{"event_types":["order.paid"]}""", "Events of the type order.paid start it")]
    [InlineData(
        ScriptKind.Event,
        """{"event_types":["order.paid","refund.*","x.y"],"filter":{"a":1}}""",
        "Events of the types order.paid, refund.* and x.y start it where the filter matches")]
    [InlineData(ScriptKind.Event, """{"event_types":[]}""", null)]
    [InlineData(ScriptKind.Http, """{"path":"/orders","methods":["GET"]}""", null)]
    public void A_trigger_is_a_sentence_where_its_shape_has_exact_words(ScriptKind kind, string fields, string? sentence) =>
        new ScriptTrigger(kind, "any", JsonNode.Parse(fields)!.AsObject()).Sentence(s_words).ShouldBe(sentence);
}
