using System.Text;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Scripts;

/// <summary>What a script claims in the table of routes.</summary>
/// <param name="Shape">The template without its parameters' names.</param>
internal sealed record RouteKeys(string Template, string Shape, IReadOnlyList<string> Methods)
{
    /// <summary>The template and methods of a script; null where it is no http script, a problem where its trigger cannot be read.</summary>
    public static Result<RouteKeys>? Of(Script script)
    {
        if (script.Kind != ScriptKind.Http || script.Trigger is not { } trigger) return null;
        var read = JsonShape.Read(Encoding.UTF8.GetBytes(trigger.Text), ScriptsJson.Default.HttpTrigger);
        if (read.Value is null) return Problem.Invalid(new FieldError("trigger", "is one that this version cannot read; write another"));
        var template = RouteTemplate.Parse(read.Value.Path ?? "");
        return template.Value is null ? template.Problem! : new RouteKeys(template.Value.Text, template.Value.Shape, read.Value.Methods);
    }
}
