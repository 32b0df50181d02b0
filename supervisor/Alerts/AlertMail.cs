using MimeKit;
using MimeKit.Utils;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Egress;
using Sandbox.Supervisor.Email;

namespace Sandbox.Supervisor.Alerts;

/// <summary>Sends a message through the tenant's own SMTP server.</summary>
internal sealed class AlertMail(EmailSettingsService settings, EmailSender sender, TimeProvider time)
{
    /// <summary>Null where the server took it; else why not, safe to show to the tenant.</summary>
    public async Task<string?> SendAsync(OpenChannel channel, Tenant tenant, AlertBody body, CancellationToken cancellationToken)
    {
        if (await settings.OpenAsync(tenant.Id, cancellationToken) is not var (server, password))
            return "the tenant has no settings for e-mail; an administrator makes them with PUT /api/v1/settings/email";
        var from = new MailboxAddress(server.FromName ?? "", server.FromAddress);
        using var message = new MimeMessage
        {
            Subject = AlertText.Line(body.Summary),
            Date = time.GetUtcNow(),
            MessageId = MimeUtils.GenerateMessageId(from.Domain),
            Body = new TextPart("plain") { Text = AlertText.Plain(body) },
        };
        message.From.Add(from);
        message.To.AddRange(channel.Channel.To.Select(address => EmailAddresses.Parse(address)).OfType<MailboxAddress>());
        message.Headers.Add("Auto-Submitted", "auto-generated");
        try
        {
            await sender.SendAsync(new EgressPolicy(tenant.Id, tenant.Egress), server, password, message, cancellationToken);
            return null;
        }
        catch (EmailRefusedException e)
        {
            return e.Message;
        }
    }
}
