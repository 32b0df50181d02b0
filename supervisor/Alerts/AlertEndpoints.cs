using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Alerts;

/// <summary><c>/api/v1/alerts</c>: what is wrong, what was told of it, and the rules and channels.</summary>
internal static class AlertEndpoints
{
    // The answer to a write may give a webhook's secret: it is none of these.
    private static readonly AuditSubject s_channel = new("alert_channel")
    {
        Route = "name",
        Fields = ["name", "type", "to", "host"],
        WriteOnly = ["url", "secret"],
        Read = AuditSubject.By(
            (context, principal) => Alerts(context).ChannelAsync(principal, Name(context), context.RequestAborted),
            AlertsJson.Default.AlertChannel),
    };

    private static readonly AuditSubject s_test = new("alert_channel") { Route = "name", Fields = ["sent"] };

    private static readonly AuditSubject s_rule = new("alert_rule")
    {
        Route = "name",
        Fields =
        [
            "name", "enabled", "on", "script", "kinds", "channels", "failures", "late_after_s", "dead_letters", "wait_s", "throttle_s",
        ],
        Read = AuditSubject.By(
            (context, principal) => Alerts(context).RuleAsync(principal, Name(context), context.RequestAborted),
            AlertsJson.Default.AlertRule),
    };

    public static void Map(IEndpointRouteBuilder api)
    {
        var alerts = api.MapGroup("/alerts").WithTags("alerts");
        alerts.MapGet("", List).Needs(Permissions.ExecutionsRead).WithName("listAlerts").WithSummary("Scripts in trouble, the newest first")
            .Asks(
                ("state", "`open` or `closed`."),
                ("condition", "`failure`, `repeated_failure`, `missed`, `late`, `paused` or `dead_letters`."),
                ("rule", "Name of the rule."),
                ("script", "Id or name."))
            .Gives(typeof(Page<Alert>));
        alerts.MapGet("/{id:guid}", Get).Needs(Permissions.ExecutionsRead).WithName("getAlert").WithSummary("One alert").Gives(typeof(Alert));
        alerts.MapGet("/messages", Messages).Needs(Permissions.ExecutionsRead)
            .WithName("listAlertMessages").WithSummary("Messages about alerts and what became of them, the newest first").Gives(typeof(Page<AlertMessage>));

        var channels = alerts.MapGroup("/channels").Needs(Permissions.SettingsManage);
        channels.MapGet("", Channels).WithName("listAlertChannels").WithSummary("Where alerts are sent, and how it goes").Gives(typeof(Page<AlertChannel>));
        channels.MapGet("/{name}", Channel).WithName("getAlertChannel").WithSummary("One channel, without its secrets").Gives(typeof(AlertChannel));
        channels.MapPut("/{name}", PutChannel)
            .Audited("alert_channels.put", s_channel)
            .WithName("putAlertChannel")
            .WithSummary("Makes a channel (201) or replaces it (200)")
            .Takes(typeof(AlertChannelWrite)).Gives(typeof(AlertChannel)).Gives(typeof(AlertChannel), StatusCodes.Status201Created);
        channels.MapDelete("/{name}", DeleteChannel)
            .Audited("alert_channels.delete", s_channel)
            .WithName("deleteAlertChannel")
            .WithSummary("Removes a channel")
            .Gives(status: 204);
        channels.MapPost("/{name}/test", Test).Audited("alert_channels.test", s_test)
            .WithName("testAlertChannel")
            .WithSummary("Sends a message that says it is a test, and waits for it")
            .Gives(typeof(AlertChannelTest));

        var rules = alerts.MapGroup("/rules").Needs(Permissions.SettingsManage);
        rules.MapGet("", Rules).WithName("listAlertRules").WithSummary("What is an alert, and which channels are told").Gives(typeof(Page<AlertRule>));
        rules.MapGet("/{name}", Rule).WithName("getAlertRule").WithSummary("One rule").Gives(typeof(AlertRule));
        rules.MapPut("/{name}", PutRule)
            .Audited("alert_rules.put", s_rule)
            .WithName("putAlertRule")
            .WithSummary("Makes a rule (201) or replaces all of it (200)")
            .Takes(typeof(AlertRuleWrite)).Gives(typeof(AlertRule)).Gives(typeof(AlertRule), StatusCodes.Status201Created);
        rules.MapDelete("/{name}", DeleteRule)
            .Audited("alert_rules.delete", s_rule)
            .WithName("deleteAlertRule")
            .WithSummary("Removes a rule; its open alerts close")
            .Gives(status: 204);
    }

    private static IAlerts Alerts(HttpContext context) => context.RequestServices.GetRequiredService<IAlerts>();

    private static string Name(HttpContext context) => (string)context.Request.RouteValues["name"]!;

    private static async Task List(HttpContext context)
    {
        var page = Answers.Page(context, "state", "condition", "rule", "script");
        var state = Query.Enum<AlertState>(context, "state");
        var condition = Query.Enum<AlertCondition>(context, "condition");
        var filter = new AlertFilter(state.Value, condition.Value, Query.Text(context, "rule"), Query.Text(context, "script"));
        if ((page.Problem ?? state.Problem ?? condition.Problem ?? Complaint(filter)) is { } problem) await Problems.WriteAsync(context, problem);
        else await Answers.ResultAsync(context, await Alerts(context).ListAsync(context.Principal(), filter, page.Value!, context.RequestAborted), AlertsJson.Default.PageAlert);
    }

    private static async Task Get(HttpContext context) =>
        await Answers.ResultAsync(context, await Alerts(context).GetAsync(context.Principal(), ExecutionsEndpoints.Id(context), context.RequestAborted), AlertsJson.Default.Alert);

    private static async Task Messages(HttpContext context)
    {
        var page = Answers.Page(context);
        if (page.Problem is { } problem) await Problems.WriteAsync(context, problem);
        else await Answers.ResultAsync(context, await Alerts(context).MessagesAsync(context.Principal(), page.Value!, context.RequestAborted), AlertsJson.Default.PageAlertMessage);
    }

    private static async Task Channels(HttpContext context)
    {
        var page = Answers.Page(context);
        if (page.Problem is { } problem) await Problems.WriteAsync(context, problem);
        else await Answers.ResultAsync(context, await Alerts(context).ChannelsAsync(context.Principal(), page.Value!, context.RequestAborted), AlertsJson.Default.PageAlertChannel);
    }

    private static async Task Channel(HttpContext context) =>
        await Answers.ResultAsync(context, await Alerts(context).ChannelAsync(context.Principal(), Name(context), context.RequestAborted), AlertsJson.Default.AlertChannel);

    private static async Task PutChannel(HttpContext context)
    {
        var body = await Body.ReadJsonAsync(context, AlertsJson.Default.AlertChannelWrite);
        var result = body.Problem is { } problem ? problem : await Alerts(context).PutChannelAsync(context.Principal(), Name(context), body.Value!, context.RequestAborted);
        if (result.Problem is { } refused)
        {
            await Problems.WriteAsync(context, refused);
            return;
        }

        var (channel, isNew) = result.Value!;
        if (isNew) context.Response.Headers.Location = $"/api/v1/alerts/channels/{channel.Name}";
        await Answers.JsonAsync(context, channel, AlertsJson.Default.AlertChannel, isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task DeleteChannel(HttpContext context) =>
        await Answers.NothingAsync(context, await Alerts(context).DeleteChannelAsync(context.Principal(), Name(context), context.RequestAborted));

    private static async Task Test(HttpContext context) =>
        await Answers.ResultAsync(context, await Alerts(context).TestChannelAsync(context.Principal(), Name(context), context.RequestAborted), AlertsJson.Default.AlertChannelTest);

    private static async Task Rules(HttpContext context)
    {
        var page = Answers.Page(context);
        if (page.Problem is { } problem) await Problems.WriteAsync(context, problem);
        else await Answers.ResultAsync(context, await Alerts(context).RulesAsync(context.Principal(), page.Value!, context.RequestAborted), AlertsJson.Default.PageAlertRule);
    }

    private static async Task Rule(HttpContext context) =>
        await Answers.ResultAsync(context, await Alerts(context).RuleAsync(context.Principal(), Name(context), context.RequestAborted), AlertsJson.Default.AlertRule);

    private static async Task PutRule(HttpContext context)
    {
        var body = await Body.ReadJsonAsync(context, AlertsJson.Default.AlertRuleWrite);
        var result = body.Problem is { } problem ? problem : await Alerts(context).PutRuleAsync(context.Principal(), Name(context), body.Value!, context.RequestAborted);
        if (result.Problem is { } refused)
        {
            await Problems.WriteAsync(context, refused);
            return;
        }

        var (rule, isNew) = result.Value!;
        if (isNew) context.Response.Headers.Location = $"/api/v1/alerts/rules/{rule.Name}";
        await Answers.JsonAsync(context, rule, AlertsJson.Default.AlertRule, isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task DeleteRule(HttpContext context) =>
        await Answers.NothingAsync(context, await Alerts(context).DeleteRuleAsync(context.Principal(), Name(context), context.RequestAborted));

    private static Problem? Complaint(AlertFilter filter)
    {
        foreach (var (name, value) in new[] { ("rule", filter.Rule), ("script", filter.Script) })
            if (value is not null && !Rest.Text.IsStorable(value)) return Problem.Invalid(new FieldError(name, "must not hold NUL or lone surrogates"));
        return null;
    }
}
