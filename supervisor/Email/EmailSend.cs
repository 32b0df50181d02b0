using System.Text.Json.Nodes;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Egress;
using Sandbox.Supervisor.Uses;

namespace Sandbox.Supervisor.Email;

/// <summary><c>sdk.email.send(message)</c>; its value is the id of the message.</summary>
internal sealed class EmailSend(EmailSettingsService settings, EmailSender sender, TimeProvider time) : ICapability
{
    public string Name => "email.send";

    public CallGroup Group => CallGroup.Outside;

    public bool Changes => true;

    public Use? Needs(BrokerCall call) => Use.Email;

    public async ValueTask<string?> CallAsync(BrokerCall call, CancellationToken cancellationToken)
    {
        var message = Read(call);
        var (server, password) = await SettingsAsync(call, cancellationToken);
        if (password is not null && !call.Execution.Mask.Add(password))
            throw call.Refused(Codes.QuotaExceeded, $"an execution is given at most {SecretMask.ValuesMax} different secrets");
        var mime = message.ToMime(server, time.GetUtcNow());
        try
        {
            await sender.SendAsync(new EgressPolicy(call.TenantId, call.Execution.Request.Tenant.Egress), server, password, mime, cancellationToken);
        }
        catch (EmailRefusedException e)
        {
            throw new CallRefusedException(e.Code, $"sdk.{Name}: {e.Message}", e.RetryAfterSeconds);
        }

        return JsonText.Encode(mime.MessageId!);
    }

    public async ValueTask<string?> DryRunAsync(BrokerCall call, DryRun dryRun, CancellationToken cancellationToken)
    {
        var message = Read(call);
        var (server, _) = await SettingsAsync(call, cancellationToken);
        dryRun.AddCall(call.Execution.Mask.ApplyToJson(new JsonObject
        {
            ["capability"] = Name,
            ["from"] = server.FromAddress,
            ["to"] = new JsonArray([.. message.To.Select(address => (JsonNode)address.ToString())]),
            ["cc"] = new JsonArray([.. message.Cc.Select(address => (JsonNode)address.ToString())]),
            ["reply_to"] = message.ReplyTo?.ToString(),
            ["subject"] = message.Subject,
            ["text"] = message.Text,
            ["html"] = message.Html,
        }.ToJsonString()));
        return "\"dry-run\"";
    }

    private static OutgoingMessage Read(BrokerCall call)
    {
        var message = OutgoingMessage.Read(call);
        call.Summary = $"to {message.To[0].Address}{(message.To.Count + message.Cc.Count > 1 ? $" and {message.To.Count + message.Cc.Count - 1} more" : "")}";
        return message;
    }

    private async Task<(EmailSettings Settings, string? Password)> SettingsAsync(BrokerCall call, CancellationToken cancellationToken) =>
        await settings.OpenAsync(call.TenantId, cancellationToken)
        ?? throw call.Refused(Codes.NotFound, "the tenant has no settings for e-mail; an administrator makes them with PUT /api/v1/settings/email");
}
