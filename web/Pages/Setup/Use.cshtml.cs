using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Setup;

/// <summary>
/// The way in until there are accounts: makes a superadmin's account, or a token that it shows, and signs in, once. Only a POST uses the link
/// up, so that a program which previews links does not.
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

    [BindProperty]
    [FromForm]
    public Account Input { get; set; } = new();

    public bool IsOpen { get; private set; }

    /// <summary>The token's value, in the answer to the POST that made it.</summary>
    public string? Token { get; private set; }

    /// <summary>Why no account was made.</summary>
    public string? Refusal { get; private set; }

    public IActionResult OnGet()
    {
        IsOpen = setup.IsOpen(Code);
        return IsOpen ? Page() : Gone();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var (email, password) = (Input.Email ?? "", Input.Password ?? "");
        if (await setup.CreateAccountAsync(Code, email, Input.Name ?? "", password, cancellationToken) is { } problem)
        {
            if (problem.Status == StatusCodes.Status410Gone) return Gone();
            IsOpen = true;
            Refusal = problem.Errors.Count > 0 ? string.Join(' ', problem.Errors.Select(error => $"{error.Field}: {error.Message}.")) : problem.Detail;
            return new PageResult { StatusCode = problem.Status };
        }

        await HttpContext.Features.GetRequiredFeature<ISignIn>().SignInAsync(email, password, cancellationToken);
        return new SeeOther("/");
    }

    /// <summary>Answers with the token instead of a redirect: it is kept nowhere from where a second request could read it.</summary>
    public async Task<IActionResult> OnPostTokenAsync(CancellationToken cancellationToken)
    {
        Token = await setup.UseAsync(Code, cancellationToken);
        if (Token is null) return Gone();

        await HttpContext.Features.GetRequiredFeature<ISignIn>().SignInAsync(Token, cancellationToken);
        return Page();
    }

    private static PageResult Gone() => new() { StatusCode = StatusCodes.Status410Gone };

    /// <summary>What the form asks for.</summary>
    public sealed class Account
    {
        public string? Email { get; set; }

        public string? Name { get; set; }

        public string? Password { get; set; }
    }
}
