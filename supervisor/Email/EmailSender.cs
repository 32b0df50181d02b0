using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Egress;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Email;

/// <summary>Hands a message to a tenant's SMTP server, over the one checked way out.</summary>
internal sealed class EmailSender(CheckedConnector connector)
{
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(30);

    /// <summary>Done when the server has taken the message.</summary>
    /// <exception cref="EmailRefusedException">It was not accepted: nobody got it, as far as the server tells.</exception>
    public async Task SendAsync(
        EgressPolicy policy, EmailSettings settings, string? password, MimeMessage message, CancellationToken cancellationToken)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(s_time);
        try
        {
            var host = UrlHost.Parse(settings.Host) ?? throw new EmailRefusedException(Codes.InvalidArgument, "the settings for e-mail name no host");
            var stream = await connector.ConnectAsync(policy, host, settings.Port, EgressPorts.IsMail, time.Token);
            using var client = new SmtpClient { CheckCertificateRevocation = false, LocalDomain = "sandbox.invalid" };
            await client.ConnectAsync(stream, settings.Host, settings.Port, SecurityOf(settings.Security), time.Token);
            if (settings.Username is { } user && password is not null) await client.AuthenticateAsync(user, password, time.Token);
            await client.SendAsync(message, time.Token);
            await client.DisconnectAsync(quit: true, time.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EmailRefusedException(Codes.HttpTimeout, $"{settings.Host} has not taken the message within {s_time.TotalSeconds} s; it may have been sent");
        }
        catch (Exception e) when (e is CommandException or ProtocolException or SslHandshakeException or EgressRefusedException or IOException or AuthenticationException or System.Security.Authentication.AuthenticationException or NotSupportedException or ServiceNotConnectedException)
        {
            throw RefusalFor(e, settings.Host);
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
    private static EmailRefusedException RefusalFor(Exception exception, string host) => exception switch
    {
        EgressRefusedException refused => new EmailRefusedException(refused.Code, refused.Message),
        SmtpCommandException { ErrorCode: SmtpErrorCode.RecipientNotAccepted } e when (int)e.StatusCode >= 500 =>
            new EmailRefusedException(Codes.InvalidArgument, $"{host} refuses the recipient {e.Mailbox?.Address} ({(int)e.StatusCode}); nothing was sent"),
        SmtpCommandException e when (int)e.StatusCode is >= 400 and < 500 => new EmailRefusedException(Codes.Overloaded, $"{host} takes no message now ({(int)e.StatusCode}); try again", 60),
        SmtpCommandException e => new EmailRefusedException(Codes.HttpError, $"{host} refuses the message ({(int)e.StatusCode})"),
        SslHandshakeException or System.Security.Authentication.AuthenticationException => new EmailRefusedException(Codes.HttpError, $"the certificate of {host} is not valid for it, or the secure connection failed"),
        AuthenticationException => new EmailRefusedException(Codes.HttpError, $"{host} refuses the user of the tenant's settings for e-mail"),
        NotSupportedException => new EmailRefusedException(Codes.HttpError, $"{host} does not offer what the tenant's settings for e-mail ask for (security)"),
        _ => new EmailRefusedException(Codes.HttpError, $"the connection to {host} failed"),
    };
}
