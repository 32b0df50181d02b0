using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Localization;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Components;

/// <summary>What started an execution, read from its recorded trigger. A field that is absent or of another form is null.</summary>
public sealed class StartedBy
{
    private const int DepthMax = 2_000;

    /// <param name="trigger">As it was recorded.</param>
    public StartedBy(RawJson trigger)
    {
        using var document = JsonDocument.Parse(trigger.ToString(), new JsonDocumentOptions { MaxDepth = DepthMax });
        var root = document.RootElement;
        Type = Text(root, "type");
        DueAt = DateTimeOffset.TryParse(Text(root, "scheduledFor"), CultureInfo.InvariantCulture, out var due) ? due : null;
        Name = root is { ValueKind: JsonValueKind.Object } && root.TryGetProperty("httpRequest", out var request) && Text(request, "path") is { } path
            ? $"{Text(request, "method")} {path}"
            : Text(root, "eventType");
    }

    /// <summary>As <c>context.trigger.type</c>.</summary>
    public string? Type { get; }

    /// <summary>Method and path of the request, or the type of the event.</summary>
    public string? Name { get; }

    /// <summary>When a schedule was due.</summary>
    public DateTimeOffset? DueAt { get; }

    /// <summary>As short as a row of a list has room for.</summary>
    public string Words(Cause cause, IStringLocalizer<Words> words, PageZone zone, DateTimeOffset now) => cause.Kind switch
    {
        "schedule" when DueAt is { } due => words["due {0}", zone.In(due).ToString(now - due < TimeSpan.FromHours(24) ? "HH:mm" : "d MMM, HH:mm", CultureInfo.CurrentCulture)],
        "http" or "event" when Name is { } name => Visible.Of(name),
        "hook" when cause.Id is { } hook => Visible.Of(hook),
        _ => words[Names.Of(cause)],
    };

    private static string? Text(JsonElement element, string name) =>
        element is { ValueKind: JsonValueKind.Object } && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
