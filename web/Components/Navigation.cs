using Sandbox.Protocol.Api;

namespace Sandbox.Web.Components;

/// <summary>A page that every other leads to.</summary>
/// <param name="Section">What its pages set as <c>ViewData["Section"]</c>.</param>
/// <param name="Permission">Who lacks it does not see the link.</param>
public sealed record NavigationLink(string Section, string Path, string Icon, string Word, string Permission);

/// <summary>The main navigation, in groups by what people come for.</summary>
public static class Navigation
{
    public static IReadOnlyList<NavigationGroup> Groups { get; } =
    [
        new(
            null,
            [
                new("overview", "/", "house", "Overview", Permissions.ExecutionsRead),
                new("scripts", "/scripts", "code-xml", "Scripts", Permissions.ScriptsRead),
                new("executions", "/executions", "activity", "Executions", Permissions.ExecutionsRead),
                new("errors", "/errors", "bug", "Errors", Permissions.ExecutionsRead),
                new("dead-letters", "/dead-letters", "inbox", "Dead letters", Permissions.ExecutionsRead),
            ]),
        new(
            "Administration",
            [
                new("members", "/members", "users", "Members", Permissions.MembersManage),
                new("tokens", "/tokens", "key-round", "Tokens", Permissions.TokensManage),
                new("audit", "/audit", "scroll-text", "Audit", Permissions.AuditRead),
                new("settings", "/settings/secrets", "settings", "Settings", Permissions.SecretsManage),
                new("settings", "/settings/entities", "settings", "Settings", Permissions.SettingsManage),
            ]),
    ];

    /// <summary>What the reader may open, once for each section; a group of nothing is left out.</summary>
    public static IEnumerable<NavigationGroup> For(Principal? reader) =>
        Groups
            .Select(group => group with { Links = [.. group.Links.Where(link => reader?.May(link.Permission) is true).DistinctBy(link => link.Section)] })
            .Where(group => group.Links.Count > 0);
}
