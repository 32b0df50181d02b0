using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Sessions;

/// <summary>Takes an e-mail with its password, or any valid token, and starts a session of this browser.</summary>
[OpenToAnyone]
[RequestSizeLimit(FormBytesMax)]
public sealed class SignInModel : PageModel
{
    private const int FormBytesMax = 4096;
    private const string Token = "token";

    /// <summary>Read from the form alone: a token in the address would stay in logs and in the browser's history.</summary>
    [BindProperty]
    [FromForm]
    public Credentials Input { get; set; } = new();

    /// <summary>Where to go afterwards.</summary>
    [BindProperty(SupportsGet = true)]
    [FromQuery]
    public string? ReturnUrl { get; set; }

    /// <summary><c>token</c>: the form asks for a token.</summary>
    [BindProperty(SupportsGet = true)]
    [FromQuery]
    public string? By { get; set; }

    public bool ByToken => By == Token;

    /// <summary>Why nobody was signed in.</summary>
    public string? Refusal { get; private set; }

    /// <summary>This form's address.</summary>
    public string Here => Address(ByToken);

    /// <summary>The address of the form that asks for the other credential.</summary>
    public string Other => Address(!ByToken);

    private string? LocalReturnUrl => ReturnAddress.Local(Url, ReturnUrl);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var signIn = HttpContext.Features.GetRequiredFeature<ISignIn>();
        var signedIn = ByToken || Input.Token is not null
            ? await SignInByTokenAsync(signIn, cancellationToken)
            : await signIn.SignInAsync(Input.Email ?? "", Input.Password ?? "", cancellationToken);
        if (signedIn.Problem is not { } problem)
        {
            return new SeeOther(signedIn.Value == SignInStep.CodeAwaited
                ? ReturnAddress.With("/signin/code", default, LocalReturnUrl)
                : LocalReturnUrl ?? "/");
        }

        Refusal = problem.Detail;
        return new PageResult { StatusCode = problem.Status };
    }

    private async Task<Result<SignInStep>> SignInByTokenAsync(ISignIn signIn, CancellationToken cancellationToken)
    {
        By = Token;
        return Input.Token is { } token && await signIn.SignInAsync(token.Trim(), cancellationToken)
            ? SignInStep.SignedIn
            : new Problem(StatusCodes.Status401Unauthorized, Codes.Unauthorized, "This token is not valid.");
    }

    private string Address(bool byToken)
    {
        var query = byToken ? QueryString.Create("by", Token) : default;
        return ReturnAddress.With("/signin", query, LocalReturnUrl);
    }

    /// <summary>What the forms ask for.</summary>
    public sealed class Credentials
    {
        public string? Email { get; set; }

        public string? Password { get; set; }

        /// <summary>The value of a bearer token.</summary>
        public string? Token { get; set; }
    }
}
