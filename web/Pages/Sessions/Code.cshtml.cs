using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Sessions;

/// <summary>Takes the code of whoever gave the right password, and starts a session of this browser.</summary>
[OpenToAnyone]
[RequestSizeLimit(FormBytesMax)]
public sealed class CodeModel : PageModel
{
    private const int FormBytesMax = 4096;
    private const int CodeMax = 64;

    /// <summary>Of the app, or a recovery code.</summary>
    [BindProperty]
    [FromForm]
    public string? Code { get; set; }

    /// <summary>Where to go afterwards.</summary>
    [BindProperty(SupportsGet = true)]
    [FromQuery]
    public string? ReturnUrl { get; set; }

    /// <summary>Whether a code can be given.</summary>
    public bool IsOpen { get; private set; } = true;

    /// <summary>Why nobody was signed in.</summary>
    public string? Refusal { get; private set; }

    /// <summary>This form's address.</summary>
    public string Here => ReturnAddress.With("/signin/code", default, LocalReturnUrl);

    /// <summary>The address of the first step.</summary>
    public string Back => ReturnAddress.With("/signin", default, LocalReturnUrl);

    private string? LocalReturnUrl => ReturnAddress.Local(Url, ReturnUrl);

    private ISignIn Browser => HttpContext.Features.GetRequiredFeature<ISignIn>();

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) =>
        await Browser.AwaitsCodeAsync(cancellationToken) ? Page() : new SeeOther(Back);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var code = Code is { Length: <= CodeMax } given ? given : "";
        if (await Browser.ConfirmAsync(code, cancellationToken) is not { } problem) return new SeeOther(LocalReturnUrl ?? "/");
        IsOpen = problem.Status != StatusCodes.Status410Gone;
        Refusal = problem.Detail;
        return new PageResult { StatusCode = problem.Status };
    }
}
