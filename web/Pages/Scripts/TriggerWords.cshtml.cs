using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Sandbox.Protocol.Api;
using Sandbox.Web.Components;

namespace Sandbox.Web.Pages.Scripts;

/// <summary>
/// A trigger in words, for the editor that asks while one writes: a sentence, or the command line that calls an endpoint. Empty where
/// neither is exact.
/// </summary>
[Needs(Permissions.ScriptsRead)]
public sealed class TriggerWordsModel(IStringLocalizer<Words> words) : TenantPage
{
    private const string NoName = "";

    [BindProperty(SupportsGet = true)]
    public ScriptKind Kind { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Cron { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Timezone { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Path { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Method { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Auth { get; set; }

    [BindProperty(SupportsGet = true)]
    public string[] Type { get; set; } = [];

    /// <summary>Its event trigger has a filter, whatever that says.</summary>
    [BindProperty(SupportsGet = true)]
    public bool IsFiltered { get; set; }

    public IActionResult OnGet()
    {
        var trigger = new ScriptTrigger(Kind, NoName, new JsonObject
        {
            ["cron"] = Cron,
            ["timezone"] = Timezone,
            ["path"] = Path,
            ["methods"] = Method is null ? null : new JsonArray(Method),
            ["auth"] = Auth,
            ["event_types"] = new JsonArray([.. Type.Select(type => JsonValue.Create(type))]),
            ["filter"] = IsFiltered ? new JsonObject() : null,
        });
        // Of the other kinds neither depends on what is typed.
        var said = Kind == ScriptKind.Http && Tenant is { } tenant ? trigger.Curl(tenant.Slug, NoName) : trigger.Sentence(words);
        return Content(said ?? "", "text/plain; charset=utf-8");
    }
}
