using MimeKit;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Egress;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Email;

/// <summary>What settings for e-mail may hold.</summary>
internal static class EmailSettingsRules
{
    private const int TextMax = 300;

    /// <summary>Null where all is acceptable.</summary>
    public static Problem? Refusal(EmailSettingsWrite settings)
    {
        var errors = new List<FieldError>();
        if (settings.Host is null || UrlHost.Parse(settings.Host) is null) errors.Add(new FieldError("host", "must be the name or address of an SMTP server, such as smtp.example.com"));
        if (settings.Port is not (>= 1 and <= 65_535)) errors.Add(new FieldError("port", "must be 1 to 65535; 587 goes with starttls, 465 with tls"));
        if (settings.Username is { } name && (name.Length is 0 or > TextMax || HoldsControls(name))) errors.Add(new FieldError("username", $"must be 1 to {TextMax} characters without line breaks, or null"));
        if (settings.Password is { } password && (password.Length is 0 or > 1_000 || HoldsControls(password))) errors.Add(new FieldError("password", "must be 1 to 1000 characters without line breaks"));
        if (settings.Password is not null && settings.Username is null) errors.Add(new FieldError("username", "is missing beside a password"));
        if (settings.Username is not null && settings.Security == EmailSecurity.None) errors.Add(new FieldError("security", "must be starttls or tls: a password is not sent in the open"));
        if (settings.FromAddress is null || EmailAddresses.Parse(settings.FromAddress) is not { } from || from.Address != settings.FromAddress)
            errors.Add(new FieldError("from_address", "must be one address such as billing@example.com, without a name"));
        if (settings.FromName is { } shown && (shown.Length is 0 or > TextMax || HoldsControls(shown))) errors.Add(new FieldError("from_name", $"must be 1 to {TextMax} characters without line breaks, or null"));
        return errors.Count > 0 ? Problem.Invalid([.. errors]) : null;
    }

    private static bool HoldsControls(string text) => text.Any(char.IsControl) || Rest.Text.HasLoneSurrogate(text);
}
