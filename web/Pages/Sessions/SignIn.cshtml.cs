using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Sessions;

/// <summary>Takes any valid token and starts a session of this browser.</summary>
[OpenToAnyone]
[RequestSizeLimit(FormBytesMax)]
public sealed class SignInModel : PageModel
{
    private const int FormBytesMax = 4096;

    /// <summary>Read from the form alone: a token in the address would stay in logs and in the browser's history.</summary>
    [BindProperty]
    [FromForm]
    public Credentials Input { get; set; } = new();

    /// <summary>Why nobody was signed in.</summary>
    public string? Refusal { get; private set; }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var signIn = HttpContext.Features.GetRequiredFeature<ISignIn>();
        if (ModelState.IsValid && await signIn.SignInAsync(Input.Token.Trim(), cancellationToken)) return new SeeOther("/executions");

        Refusal = "This token is not valid.";
        return new PageResult { StatusCode = StatusCodes.Status401Unauthorized };
    }

    /// <summary>What the form asks for.</summary>
    public sealed class Credentials
    {
        /// <summary>The value of a bearer token.</summary>
        [Required]
        public string Token { get; set; } = "";
    }
}
