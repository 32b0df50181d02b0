using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Schemas;

namespace Sandbox.Supervisor.Hooks;

/// <summary>The hook points of the configuration.</summary>
/// <param name="Complaints">
/// What is wrong with the declarations, each with its setting. Numbers, enums and unknown keys are checked for all settings alike.
/// </param>
internal sealed record HookDeclarations(IReadOnlyDictionary<string, HookDeclaration> ByName, IReadOnlyList<string> Complaints)
{
    public static HookDeclarations Read(IConfiguration configuration)
    {
        var hooks = new Dictionary<string, HookDeclaration>(StringComparer.Ordinal);
        var complaints = new List<string>();
        foreach (var section in configuration.GetSection(HooksOptions.Root).GetChildren())
        {
            if (Text.NameComplaint(section.Key) is { } wrong)
                complaints.Add($"{section.Path}: '{section.Key}' is no name of a hook: it {wrong}.");
            hooks[section.Key] = Read(section, complaints);
        }

        return new HookDeclarations(hooks, complaints);
    }

    private static HookDeclaration Read(IConfigurationSection section, List<string> complaints)
    {
        var otherwise = new HooksOptions();
        var (inputSchema, input) = Schema(section, nameof(HooksOptions.InputSchema), complaints);
        var (outputSchema, output) = Schema(section, nameof(HooksOptions.OutputSchema), complaints);
        var answer = section[nameof(HooksOptions.Default)] is { Length: > 0 } text ? text : otherwise.Default;
        if (!JsonText.IsValid(answer))
            complaints.Add($"{section.Path}:{nameof(HooksOptions.Default)} is no JSON; a text has quotes: \"none\".");
        var hook = new Hook
        {
            Name = section.Key,
            Description = section[nameof(HooksOptions.Description)] is { Length: > 0 } description ? description : null,
            InputSchema = inputSchema,
            OutputSchema = outputSchema,
            DeadlineMs = int.TryParse(section[nameof(HooksOptions.DeadlineMs)], out var deadline) ? deadline : otherwise.DeadlineMs,
            Fail = Enum.TryParse<HookFail>(section[nameof(HooksOptions.Fail)], ignoreCase: true, out var fail) ? fail : otherwise.Fail,
            Default = new RawJson(answer.Trim()),
        };
        return new HookDeclaration(hook, input, output);
    }

    private static (RawJson? Text, JsonSchemaCheck? Check) Schema(IConfigurationSection section, string key, List<string> complaints)
    {
        if (section[key]?.Trim() is not { Length: > 0 } text) return (null, null);
        if (JsonSchemaCheck.Read(text, out var complaint) is { } check) return (new RawJson(text), check);
        complaints.Add($"{section.Path}:{key} is no JSON Schema: {complaint!.TrimEnd('.')}.");
        return (null, null);
    }
}
