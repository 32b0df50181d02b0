using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Hosting.Http;

/// <summary>Typed query parameters; a value that cannot be read is a 422 that names it, never a filter silently left out.</summary>
internal static class Query
{
    public static string? Text(HttpContext context, string name) => context.Request.Query[name].ToString() is { Length: > 0 } text ? text : null;

    public static Result<T?> Enum<T>(HttpContext context, string name, JsonTypeInfo<T> type) where T : struct, Enum
    {
        if (Text(context, name) is not { } text) return (T?)null;
        try
        {
            return JsonSerializer.Deserialize($"\"{JsonEncodedText.Encode(text)}\"", type);
        }
        catch (JsonException)
        {
            var names = System.Enum.GetValues<T>().Select(value => JsonSerializer.Serialize(value, type).Trim('"'));
            return Problem.Invalid(new FieldError(name, $"must be one of {string.Join(", ", names)}"));
        }
    }

    public static Result<DateTimeOffset?> Time(HttpContext context, string name)
    {
        if (Text(context, name) is not { } text) return (DateTimeOffset?)null;
        // A plus sign that was not encoded arrives as a space.
        return DateTimeOffset.TryParse(text.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? (DateTimeOffset?)time.ToUniversalTime()
            : Problem.Invalid(new FieldError(name, "must be an RFC 3339 time such as 2026-01-31T08:00:00Z"));
    }

    public static Result<double?> Number(HttpContext context, string name)
    {
        if (Text(context, name) is not { } text) return (double?)null;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? (double?)number
            : Problem.Invalid(new FieldError(name, "must be a number"));
    }
}
