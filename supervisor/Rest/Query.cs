using System.Globalization;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Rest;

/// <summary>Typed query parameters; a value that cannot be read is a 422 that names it, never a filter silently left out.</summary>
internal static class Query
{
    /// <summary>A 422 for the first parameter that the list does not know: a filter that is misspelt must not show everything.</summary>
    public static Problem? Unknown(HttpContext context, params ReadOnlySpan<string> known)
    {
        foreach (var name in context.Request.Query.Keys)
            if (!known.Contains(name)) return Problem.Invalid(new FieldError(name, $"is no parameter here; there are {string.Join(", ", known.ToArray())}"));
        return null;
    }

    public static string? Text(HttpContext context, string name) => context.Request.Query[name].ToString() is { Length: > 0 } text ? text : null;

    public static Result<T?> Enum<T>(HttpContext context, string name) where T : struct, Enum
    {
        if (Text(context, name) is not { } text) return (T?)null;
        return NamedEnum<T>.TryParse(text, out var value) ? (T?)value : Problem.Invalid(new FieldError(name, $"must be one of {string.Join(", ", NamedEnum<T>.Names)}"));
    }

    public static Result<DateTimeOffset?> Time(HttpContext context, string name)
    {
        if (Text(context, name) is not { } text) return (DateTimeOffset?)null;
        // A plus sign that was not encoded arrives as a space.
        return UtcTimeConverter.TryParse(text.Replace(' ', '+'), out var time)
            ? (DateTimeOffset?)time
            : Problem.Invalid(new FieldError(name, "must be an RFC 3339 time such as 2026-01-31T08:00:00Z"));
    }

    public static Result<DateOnly?> Day(HttpContext context, string name)
    {
        if (Text(context, name) is not { } text) return (DateOnly?)null;
        return DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? (DateOnly?)day
            : Problem.Invalid(new FieldError(name, "must be a day such as 2026-01-31"));
    }

    public static Result<int?> Whole(HttpContext context, string name)
    {
        if (Text(context, name) is not { } text) return (int?)null;
        return WholeNumbers.TryParse(text, out int number) ? (int?)number : Problem.Invalid(new FieldError(name, "must be a whole number"));
    }

    public static Result<double?> Number(HttpContext context, string name)
    {
        if (Text(context, name) is not { } text) return (double?)null;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? (double?)number
            : Problem.Invalid(new FieldError(name, "must be a number"));
    }
}
