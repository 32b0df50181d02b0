using System.Globalization;
using System.Text.Json;
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

    private static string? Text(JsonElement element, string name) =>
        element is { ValueKind: JsonValueKind.Object } && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
