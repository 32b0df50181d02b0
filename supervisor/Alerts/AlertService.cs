using System.Security.Cryptography;
using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Egress;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Scripts;
using Sandbox.Supervisor.Tenants;

namespace Sandbox.Supervisor.Alerts;

/// <summary>Alerts for those who need a permission.</summary>
internal sealed class AlertService(
    AlertStore alerts,
    AlertChannelStore channels,
    AlertRuleStore rules,
    AlertChannels sealing,
    AlertSender sender,
    ScriptCache scripts,
    TenantDirectory tenants,
    TimeProvider time) : IAlerts
{
    private const int SecretBytes = 32;

    public async Task<Result<Page<Alert>>> ListAsync(Principal principal, AlertFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ExecutionsRead);
        return entered.Problem is { } refused ? refused : await alerts.ListAsync(entered.Value, filter, page, cancellationToken);
    }

    public async Task<Result<Alert>> GetAsync(Principal principal, Guid id, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ExecutionsRead);
        if (entered.Problem is { } refused) return refused;
        return await alerts.GetAsync(entered.Value, id, cancellationToken) is { } alert ? alert : Problem.NotFound($"There is no alert {id}.");
    }

    public async Task<Result<Page<AlertMessage>>> MessagesAsync(Principal principal, PageRequest page, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ExecutionsRead);
        return entered.Problem is { } refused ? refused : await alerts.MessagesAsync(entered.Value, page, cancellationToken);
    }

    public async Task<Result<Page<AlertChannel>>> ChannelsAsync(Principal principal, PageRequest page, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.SettingsManage);
        return entered.Problem is { } refused ? refused : await channels.ListAsync(entered.Value, page, cancellationToken);
    }

    public async Task<Result<AlertChannel>> ChannelAsync(Principal principal, string name, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.SettingsManage);
        if (entered.Problem is { } refused) return refused;
        return await channels.GetAsync(entered.Value, name, cancellationToken) is var (channel, _, _) ? channel : NoChannel(name);
    }

    public async Task<Result<AlertChannelWritten>> PutChannelAsync(Principal principal, string name, AlertChannelWrite write, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.SettingsManage);
        if (entered.Problem is { } refused) return refused;
        var tenantId = entered.Value;
        // What a type kept is not handed to another.
        var known = await channels.GetAsync(tenantId, name, cancellationToken) is { } kept && kept.Channel.Type == write.Type ? kept : ((AlertChannel Channel, byte[]? Url, byte[]? Secret)?)null;
        if (AlertChecks.Complaint(name, write, known is not null, url => OpensPlainHttp(tenantId, url)) is { } complaint) return complaint;
        var type = write.Type!.Value;
        var made = type == AlertChannelType.Webhook && write.Secret is null && (known is null || write.Url is not null) ? NewSecret() : null;
        var url = write.Url is null ? known?.Url : sealing.SealUrl(tenantId, name, write.Url);
        var secret = type != AlertChannelType.Webhook ? null : sealing.SealSecret(tenantId, name, write.Secret ?? made) ?? known?.Secret;
        var host = write.Url is null ? known?.Channel.Host : UrlHost.Parse(new Uri(write.Url).Host)!.Value.InUrl;
        if (await channels.PutAsync(tenantId, name, type, [.. write.To ?? []], host, url, secret, principal.Name, cancellationToken) is not var (channel, isNew))
            return TooMany("channels", AlertChannelStore.CountMax);
        return new AlertChannelWritten(channel with { Secret = made }, isNew);
    }

    public async Task<Result<bool>> DeleteChannelAsync(Principal principal, string name, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.SettingsManage);
        if (entered.Problem is { } refused) return refused;
        return await channels.DeleteAsync(entered.Value, name, cancellationToken) ? true : NoChannel(name);
    }

    public async Task<Result<AlertChannelTest>> TestChannelAsync(Principal principal, string name, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.SettingsManage);
        if (entered.Problem is { } refused) return refused;
        if (await channels.GetAsync(entered.Value, name, cancellationToken) is null) return NoChannel(name);
        var slug = tenants.ById(entered.Value)?.Slug ?? "";
        var json = JsonSerializer.Serialize(AlertText.Test(slug, name, time.GetUtcNow()), AlertsJson.Default.AlertBody);
        var error = await sender.SendAsync(entered.Value, name, json, cancellationToken);
        return new AlertChannelTest(error is null, error?.Error);
    }

    public async Task<Result<Page<AlertRule>>> RulesAsync(Principal principal, PageRequest page, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.SettingsManage);
        return entered.Problem is { } refused ? refused : await rules.ListAsync(entered.Value, page, cancellationToken);
    }

    public async Task<Result<AlertRule>> RuleAsync(Principal principal, string name, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.SettingsManage);
        if (entered.Problem is { } refused) return refused;
        return await rules.GetAsync(entered.Value, name, cancellationToken) is { } rule ? rule : NoRule(name);
    }

    public async Task<Result<AlertRuleWritten>> PutRuleAsync(Principal principal, string name, AlertRuleWrite write, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.SettingsManage);
        if (entered.Problem is { } refused) return refused;
        var read = AlertChecks.Rule(name, write);
        if (read.Problem is { } invalid) return invalid;
        var rule = read.Value!;
        if (write.Script is { } idOrName)
        {
            if (await scripts.GetAsync(entered.Value, idOrName, cancellationToken) is not { } script)
                return Problem.Invalid(new FieldError("script", "is no script of this tenant; name one by its id or name, or leave it out for all"));
            rule = rule with { Script = script.Id };
        }

        if (await rules.UnknownChannelsAsync(entered.Value, rule.Channels, cancellationToken) is [var unknown, ..])
            return Problem.Invalid(new FieldError("channels", $"names '{unknown}', which is no channel of this tenant; make it with PUT /api/v1/alerts/channels/{{name}} first"));
        return await rules.PutAsync(entered.Value, rule, principal.Name, cancellationToken) is var (written, isNew)
            ? new AlertRuleWritten(written, isNew)
            : TooMany("rules", AlertRuleStore.CountMax);
    }

    public async Task<Result<bool>> DeleteRuleAsync(Principal principal, string name, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.SettingsManage);
        if (entered.Problem is { } refused) return refused;
        return await rules.DeleteAsync(entered.Value, name, cancellationToken) ? true : NoRule(name);
    }

    private bool OpensPlainHttp(Guid tenantId, Uri url) =>
        tenants.ById(tenantId) is { } tenant && UrlHost.Parse(url.Host) is { } host && new EgressPolicy(tenantId, tenant.Egress).OpensPrivate(host, url.Port);

    private static string NewSecret() => $"whsec_{Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes))}";

    private static Problem TooMany(string what, int most) =>
        new(409, Codes.QuotaExceeded, $"The tenant has {most} {what} of alerts, the most there may be; delete one that is no longer used.");

    private static Problem NoChannel(string name) => Problem.NotFound($"There is no channel '{name}'.");

    private static Problem NoRule(string name) => Problem.NotFound($"There is no rule '{name}'.");
}
