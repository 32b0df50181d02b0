using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Sandbox.Web.Pages.Sessions;

/// <summary>Where a sign-in leads.</summary>
internal static class ReturnAddress
{
    /// <summary>The address where it is one of our own pages; else null. An address that begins so cannot lead to another origin.</summary>
    public static string? Local(IUrlHelper url, string? address) => address is ['/', ..] && url.IsLocalUrl(address) ? address : null;

    /// <summary>A step of the sign-in that leads there afterwards.</summary>
    public static string With(string path, QueryString query, string? local) =>
        $"{path}{(local is null ? query : query.Add("returnUrl", local))}";
}
