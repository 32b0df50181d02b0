using Microsoft.AspNetCore.Http.Extensions;
using Sandbox.Protocol.Api;

namespace Sandbox.Web;

/// <summary>Addresses of pages: each keeps the tenant that the reader chose, and leaves out what is empty.</summary>
public static class Links
{
    public static string Path(this ActingTenant? tenant, string path, params ReadOnlySpan<(string Name, string? Value)> query)
    {
        var built = new QueryBuilder();
        foreach (var (name, value) in query)
            if (!string.IsNullOrEmpty(value)) built.Add(name, value);
        if (tenant is { IsNamed: true }) built.Add("tenant", tenant.Slug);
        return path + built.ToQueryString();
    }

    /// <summary>A page of a script, by its name.</summary>
    /// <param name="tenant">The tenant acted in.</param>
    /// <param name="name">Its name, or its id.</param>
    /// <param name="page">What follows, such as <c>/edit</c>.</param>
    public static string Script(this ActingTenant? tenant, string name, string page = "") => tenant.Path($"/scripts/{Uri.EscapeDataString(name)}{page}");
}
