using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Sessions;

/// <summary>A new person sets a password by a one-time link. Only a POST uses the link up.</summary>
[OpenToAnyone]
[RequestSizeLimit(FormBytesMax)]
public sealed class WelcomeModel(IWelcome welcome) : PageModel
{
    private const int FormBytesMax = 4096;

    /// <summary>The link's code.</summary>
    [BindProperty(SupportsGet = true)]
    [FromRoute]
    public string Code { get; set; } = "";

    /// <summary>What the form asks for.</summary>
    [BindProperty]
    [FromForm]
    public string? Password { get; set; }

    public bool IsOpen { get; private set; }

    /// <summary>Why no password was set.</summary>
    public string? Refusal { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        IsOpen = await welcome.IsOpenAsync(Code, cancellationToken);
        return IsOpen ? Page() : new PageResult { StatusCode = StatusCodes.Status410Gone };
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (await welcome.UseAsync(Code, Password ?? "", cancellationToken) is not { } problem) return new SeeOther("/signin");
        IsOpen = problem.Status != StatusCodes.Status410Gone;
        Refusal = problem.Detail;
        return new PageResult { StatusCode = problem.Status };
    }
}
