using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Egress;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Secrets;

namespace Sandbox.Supervisor.Email;

/// <summary>Writes and reads settings for e-mail, and opens the password for a message that is sent.</summary>
internal sealed class EmailSettingsService(EmailSettingsStore store, SecretCipher cipher) : IEmailSettings
{
    /// <summary>What the password is encrypted under beside the tenant: no secret can be called so.</summary>
    private const string PasswordName = "email settings: password";

    public async Task<Result<EmailSettings>> GetAsync(Principal principal, CancellationToken cancellationToken)
    {
        var tenant = principal.Enter(Permissions.SettingsManage);
        if (tenant.Problem is { } refused) return refused;
        return await store.GetAsync(tenant.Value, cancellationToken) is var (settings, _) ? settings : Missing;
    }

    public async Task<Result<EmailSettings>> PutAsync(Principal principal, EmailSettingsWrite settings, CancellationToken cancellationToken)
    {
        var tenant = principal.Enter(Permissions.SettingsManage);
        if ((tenant.Problem ?? EmailSettingsRules.Refusal(settings)) is { } refused) return refused;
        var host = UrlHost.Parse(settings.Host!)!.Value.Name;
        var password = settings.Password is { } given ? cipher.Encrypt(tenant.Value, PasswordName, given) : null;
        if (settings.Username is not null && password is null)
        {
            // A password that was given for one server is not handed to another.
            password = await store.GetAsync(tenant.Value, cancellationToken) is var (kept, stored) && kept.Username == settings.Username && kept.Host == host ? stored : null;
            if (password is null) return Problem.Invalid(new FieldError("password", "is missing beside a username that is new, or for another host"));
        }

        var written = new EmailSettings(host, settings.Port!.Value, settings.Security, settings.Username, settings.FromAddress!, settings.FromName, default);
        return await store.PutAsync(tenant.Value, written, password, principal.Name, cancellationToken);
    }

    public async Task<Result<bool>> DeleteAsync(Principal principal, CancellationToken cancellationToken)
    {
        var tenant = principal.Enter(Permissions.SettingsManage);
        if (tenant.Problem is { } refused) return refused;
        return await store.DeleteAsync(tenant.Value, cancellationToken) ? true : Missing;
    }

    /// <summary>For sending; null where there are none.</summary>
    public async Task<(EmailSettings Settings, string? Password)?> OpenAsync(Guid tenantId, CancellationToken cancellationToken) =>
        await store.GetAsync(tenantId, cancellationToken) is var (settings, password)
            ? (settings, password is null ? null : cipher.Decrypt(tenantId, PasswordName, password))
            : null;

    private static Problem Missing { get; } = Problem.NotFound("This tenant has no settings for e-mail.");
}
