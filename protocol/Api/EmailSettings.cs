using System.Text.Json.Serialization;

namespace Sandbox.Protocol.Api;

/// <summary>Through which server a tenant's scripts send e-mail. The password goes in and never comes out.</summary>
/// <param name="Host">Name or address of an SMTP server.</param>
/// <param name="Port">25, 465, 587 or 2525, or one that an operator opened for that host.</param>
/// <param name="Username">Null: the server asks for none.</param>
/// <param name="FromAddress">Whom all messages are from.</param>
public sealed record EmailSettings(
    string Host, int Port, EmailSecurity Security, string? Username, string FromAddress, string? FromName, DateTimeOffset UpdatedAt);

/// <summary>How the connection to an SMTP server is secured.</summary>
public enum EmailSecurity
{
    /// <summary>By STARTTLS, which the server must offer.</summary>
    [JsonStringEnumMemberName("starttls")] StartTls = 0,

    /// <summary>From the first byte.</summary>
    [JsonStringEnumMemberName("tls")] Tls,

    /// <summary>Not at all: for servers in a network of one's own. Then there is no user.</summary>
    [JsonStringEnumMemberName("none")] None,
}

/// <summary>Settings to write. Null: missing. No record: those write out what they hold.</summary>
public sealed class EmailSettingsWrite
{
    public string? Host { get; init; }
    public int? Port { get; init; }
    public EmailSecurity Security { get; init; }
    public string? Username { get; init; }

    /// <summary>Null: the one that is kept, where the user stays the same.</summary>
    public string? Password { get; init; }

    public string? FromAddress { get; init; }
    public string? FromName { get; init; }
}

/// <summary>A tenant's settings for e-mail. Every call asks for <see cref="Permissions.SettingsManage"/>.</summary>
public interface IEmailSettings
{
    /// <summary>404 where there are none.</summary>
    Task<Result<EmailSettings>> GetAsync(Principal principal, CancellationToken cancellationToken);

    /// <summary>Replaces all of them.</summary>
    Task<Result<EmailSettings>> PutAsync(Principal principal, EmailSettingsWrite settings, CancellationToken cancellationToken);

    /// <summary>404 where there are none.</summary>
    Task<Result<bool>> DeleteAsync(Principal principal, CancellationToken cancellationToken);
}
