using Sandbox.Protocol.Api;

namespace Sandbox.Web.Components;

/// <summary>One of the pages below Settings.</summary>
/// <param name="Permission">Who lacks it does not see the tab.</param>
public sealed record SettingsTab(string Path, string Word, string Permission)
{
    public static IReadOnlyList<SettingsTab> All { get; } =
    [
        new("/settings/secrets", "Secrets", Permissions.SecretsManage),
        new("/settings/connections", "Connections", Permissions.SecretsManage),
        new("/settings/entities", "Entities", Permissions.SettingsManage),
        new("/settings/email", "E-mail", Permissions.SettingsManage),
        new("/settings/history", "History", Permissions.SettingsManage),
        new("/settings/limits", "Limits", Permissions.SettingsManage),
    ];
}
