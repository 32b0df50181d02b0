using Microsoft.AspNetCore.Mvc;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Settings;

/// <summary>Makes a connection, or replaces one with its secret, which is never read.</summary>
[Needs(Permissions.SecretsManage)]
public sealed class EditConnectionModel(IConnections connections) : TenantPage
{
    /// <summary>Of the one to replace; null: a new one.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Name { get; set; }

    /// <summary>As the API spells it; null: that of the connection, or the first.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Type { get; set; }

    public Connection? Connection { get; private set; }

    public ConnectionType Chosen { get; private set; }

    public static IReadOnlyList<(ConnectionType Type, string Spelling)> Types { get; } =
        [(ConnectionType.Header, "header"), (ConnectionType.Basic, "basic"), (ConnectionType.Query, "query"), (ConnectionType.OAuth2, "oauth2")];

    public string Spelling => Types.First(one => one.Type == Chosen).Spelling;

    public static string WordOf(ConnectionType type) => type switch
    {
        ConnectionType.Header => "A header",
        ConnectionType.Basic => "Basic",
        ConnectionType.Query => "A query parameter",
        ConnectionType.OAuth2 => "OAuth 2",
        _ => throw new InvalidOperationException(type.ToString()),
    };

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null) return;
        if (Name is not null && (Connection = Take(await connections.GetAsync(Reader, Name, cancellationToken))) is null) return;
        Chosen = Types.Where(one => one.Spelling == Type).Select(one => (ConnectionType?)one.Type).FirstOrDefault() ?? Connection?.Type ?? ConnectionType.Header;
    }
}
