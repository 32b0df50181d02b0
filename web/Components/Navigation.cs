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

    /// <summary>
    /// Where the same kind of page is in another tenant: the same list or tab, the list of the thing that is shown, or the overview where
    /// the reader may not open it there.
    /// </summary>
    /// <param name="choice">The other tenant.</param>
    /// <param name="section">Of the page shown.</param>
    /// <param name="path">Of the page shown.</param>
    public static string In(TenantChoice choice, string? section, string? path)
    {
        var links = Groups.SelectMany(group => group.Links).ToArray();
        (string Path, string Permission)[] same =
        [
            .. SettingsTab.All.Select(tab => (tab.Path, tab.Permission)).Where(tab => tab.Path == path),
            .. links.Where(link => link.Section == section).Select(link => (link.Path, link.Permission)),
        ];
        var there = same.FirstOrDefault(one => choice.Granted.Contains(one.Permission)).Path ?? "/";
        return $"{there}?tenant={Uri.EscapeDataString(choice.Slug)}";
    }

    /// <summary>What is open in the place that a link leads to; 0 where that is not counted.</summary>
    public static int Count(NavigationLink link, OpenTrouble? open) => link.Section switch
    {
        "errors" => open?.Errors ?? 0,
        "dead-letters" => open?.DeadLetters ?? 0,
        _ => 0,
    };

    /// <summary>What the reader may open, once for each section; a group of nothing is left out.</summary>
    public static IEnumerable<NavigationGroup> For(Principal? reader) =>
        Groups
            .Select(group => group with { Links = [.. group.Links.Where(link => reader?.May(link.Permission) is true).DistinctBy(link => link.Section)] })
            .Where(group => group.Links.Count > 0);
}
