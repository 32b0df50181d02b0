using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Hosting.Web;

/// <summary>
/// Hosts of the pages and of tenants' endpoints under one registrable domain: a script's page could then set cookies that reach the pages. Told at start, not
/// refused: whose cookies those are is for the operator to judge.
/// </summary>
internal static class SharedDomains
{
    /// <summary>Each host of the pages with those of the endpoints that share its domain.</summary>
    public static IEnumerable<(string Page, string Endpoint)> Find(IEnumerable<string> pages, IReadOnlyCollection<string> endpoints) =>
        from page in pages
        from endpoint in endpoints
        where string.Equals(Domain(page), Domain(endpoint), StringComparison.OrdinalIgnoreCase)
        select (page, endpoint);

    // Without the list of public suffixes, which changes weekly: two labels, three where the second has the form of co.uk. A
    // suffix that many own (github.io) is taken for a domain, which warns once too often and never too seldom.
    private static string Domain(string host)
    {
        var labels = host.TrimEnd('.').Split('.');
        var count = labels is [.., { Length: <= 3 }, { Length: 2 }] ? 3 : 2;
        return string.Join('.', labels.TakeLast(count));
    }
}
