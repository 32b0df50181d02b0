using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Egress;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Email;

/// <summary>Hands a message to a tenant's SMTP server, over the one checked way out.</summary>
internal sealed class EmailSender(CheckedConnector connector)
{
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(30);

    /// <exception cref="CallRefusedException">It was not accepted: nobody got it, as far as the server tells.</exception>
    public async Task SendAsync(BrokerCall call, EmailSettings settings, string? password, MimeMessage message, CancellationToken cancellationToken)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(s_time);
        try
        {
            var host = UrlHost.Parse(settings.Host) ?? throw call.Invalid("the settings for e-mail name no host");
            var stream = await connector.ConnectAsync(new EgressPolicy(call.TenantId, call.Execution.Request.Tenant.Egress), host, settings.Port, EgressPorts.IsMail, time.Token);
            using var client = new SmtpClient { CheckCertificateRevocation = false, LocalDomain = "sandbox.invalid" };
            await client.ConnectAsync(stream, settings.Host, settings.Port, SecurityOf(settings.Security), time.Token);
            if (settings.Username is { } user && password is not null) await client.AuthenticateAsync(user, password, time.Token);
            await client.SendAsync(message, time.Token);
            await client.DisconnectAsync(quit: true, time.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw call.Refused(Codes.HttpTimeout, $"{settings.Host} has not taken the message within {s_time.TotalSeconds} s; it may have been sent");
        }
        catch (Exception e) when (e is CommandException or ProtocolException or SslHandshakeException or EgressRefusedException or IOException or AuthenticationException or System.Security.Authentication.AuthenticationException or NotSupportedException or ServiceNotConnectedException)
        {
            throw RefusalFor(call, e, settings.Host);
        }
    }

    private static SecureSocketOptions SecurityOf(EmailSecurity security) => security switch
    {
        EmailSecurity.StartTls => SecureSocketOptions.StartTls,
        EmailSecurity.Tls => SecureSocketOptions.SslOnConnect,
        EmailSecurity.None => SecureSocketOptions.None,
        _ => throw new ArgumentOutOfRangeException(nameof(security), security, "Unknown."),
    };

    /// <summary>Without the server's own words but its number: they may hold what is not the script's to know.</summary>
    private static CallRefusedException RefusalFor(BrokerCall call, Exception exception, string host) => exception switch
    {
        EgressRefusedException refused => call.Refused(refused.Code, refused.Message),
        SmtpCommandException { ErrorCode: SmtpErrorCode.RecipientNotAccepted } e when (int)e.StatusCode >= 500 =>
            call.Invalid($"{host} refuses the recipient {e.Mailbox?.Address} ({(int)e.StatusCode}); nothing was sent"),
        SmtpCommandException e when (int)e.StatusCode is >= 400 and < 500 => new CallRefusedException(Codes.Overloaded, $"sdk.email.send: {host} takes no message now ({(int)e.StatusCode}); try again", 60),
        SmtpCommandException e => call.Refused(Codes.HttpError, $"{host} refuses the message ({(int)e.StatusCode})"),
        SslHandshakeException or System.Security.Authentication.AuthenticationException => call.Refused(Codes.HttpError, $"the certificate of {host} is not valid for it, or the secure connection failed"),
        AuthenticationException => call.Refused(Codes.HttpError, $"{host} refuses the user of the tenant's settings for e-mail"),
        NotSupportedException => call.Refused(Codes.HttpError, $"{host} does not offer what the tenant's settings for e-mail ask for (security)"),
        _ => call.Refused(Codes.HttpError, $"the connection to {host} failed"),
    };
}
