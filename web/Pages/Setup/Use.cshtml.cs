using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Setup;

/// <summary>
/// The way in until there are accounts: makes a superadmin's token, shows it and signs in, once. Only a POST uses the link up, so that
/// a program which previews links does not.
/// </summary>
[OpenToAnyone]
[RequestSizeLimit(FormBytesMax)]
public sealed class UseModel(ISetup setup) : PageModel
{
    private const int FormBytesMax = 4096;

    /// <summary>The link's code.</summary>
    [BindProperty(SupportsGet = true)]
    [FromRoute]
    public string Code { get; set; } = "";

    public bool IsOpen { get; private set; }

    /// <summary>The token's value, in the answer to the POST that made it.</summary>
    public string? Token { get; private set; }

    public IActionResult OnGet()
    {
        IsOpen = setup.IsOpen(Code);
        return IsOpen ? Page() : Gone();
    }

    /// <summary>Answers with the token instead of a redirect: it is kept nowhere from where a second request could read it.</summary>
    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        Token = await setup.UseAsync(Code, cancellationToken);
        if (Token is null) return Gone();

        await HttpContext.Features.GetRequiredFeature<ISignIn>().SignInAsync(Token, cancellationToken);
        return Page();
    }

    private static PageResult Gone() => new() { StatusCode = StatusCodes.Status410Gone };
}
