using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Sandbox.Web;

/// <summary>Redirects after a post. By 303 the browser always follows with a GET; by 302, which <see cref="RedirectResult"/> sends, it may repeat the post.</summary>
internal sealed class SeeOther(string path) : ActionResult
{
    public override void ExecuteResult(ActionContext context)
    {
        context.HttpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.HttpContext.Response.Headers.Location = path;
    }
}
