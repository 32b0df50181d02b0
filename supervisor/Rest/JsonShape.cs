using System.Collections;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Rest;

/// <summary>
/// Reads a write's JSON into its record and says what is wrong with it in the caller's own words: where the text breaks, which field is
/// unknown and what the known ones are, which has the wrong type. Never a .NET name, never a field silently dropped.
/// </summary>
internal static class JsonShape
{
    /// <summary>Levels that a write may have; <c>input</c> has a rule of its own.</summary>
    private const int DepthMax = 128;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The record, or a 400 for what is no JSON, or a 422 by field.</summary>
    public static Result<T> Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type, string prefix = "") where T : class
    {
        if (Broken(json, DepthMax) is { } broken) return broken;

        var errors = new List<FieldError>();
        var reader = NewReader(json, DepthMax);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) return Problem.Invalid(new FieldError(prefix.TrimEnd('.') is { Length: > 0 } at ? at : "body", "must be a JSON object"));
        Unknown(ref reader, type, prefix, errors);
        if (errors.Count > 0) return Problem.Invalid([.. errors]);

        try
        {
            if (JsonSerializer.Deserialize(json, type) is not { } value) return Problem.Invalid(new FieldError("body", "must be a JSON object"));
            if (value is IPartialWrite write) write.Nulls = Nulls(json);
            return value;
        }
        catch (JsonException e)
        {
            return Problem.Invalid(Mistyped(e, type, prefix));
        }
    }

    /// <summary>A 400 that says where, if the bytes are not one JSON text in UTF-8 of at most so many levels.</summary>
    public static Problem? Broken(ReadOnlySpan<byte> json, int depthMax, string code = Codes.InvalidArgument)
    {
        try
        {
            var reader = NewReader(json, depthMax);
            while (reader.Read())
            {
            }

            _ = Strict.GetCharCount(json);
            return null;
        }
        catch (JsonException e)
        {
            var deep = depthMax == int.MaxValue ? "" : $", or is nested deeper than {depthMax} levels";
            return new Problem(400, code, $"The body is not valid JSON at line {e.LineNumber + 1}, position {e.BytePositionInLine + 1}{deep}.");
        }
        catch (DecoderFallbackException e)
        {
            return new Problem(400, code, $"The body is not valid UTF-8 at byte {e.Index}.");
        }
    }

    private static Utf8JsonReader NewReader(ReadOnlySpan<byte> json, int depthMax) => new(json, new JsonReaderOptions { MaxDepth = depthMax });

    /// <summary>Walks an object; a field that its type lacks is an error that names the type's own.</summary>
    private static void Unknown(ref Utf8JsonReader reader, JsonTypeInfo type, string prefix, List<FieldError> errors)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = NameOf(ref reader);
            var property = type.Properties.FirstOrDefault(candidate => candidate.Name == name && candidate.Set is not null)
                ?? type.Properties.FirstOrDefault(candidate => candidate.Name == name && candidate.AssociatedParameter is not null);
            reader.Read();
            if (property is null)
            {
                errors.Add(new FieldError(prefix + name, $"is not a field here; the fields are {string.Join(", ", type.Properties.Select(known => known.Name))}"));
                reader.Skip();
                continue;
            }

            Walk(ref reader, type.Options.GetTypeInfo(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType), prefix + name, errors);
        }
    }

    /// <summary>A value that stands at <paramref name="at"/>. Members of lists and maps may not be null, which the serialiser would let pass.</summary>
    private static void Walk(ref Utf8JsonReader reader, JsonTypeInfo type, string at, List<FieldError> errors)
    {
        if (type.Kind == JsonTypeInfoKind.Object && reader.TokenType == JsonTokenType.StartObject) Unknown(ref reader, type, $"{at}.", errors);
        else if (type.Kind == JsonTypeInfoKind.Enumerable && reader.TokenType == JsonTokenType.StartArray)
        {
            for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++) Member(ref reader, type, $"{at}[{i}]", errors);
        }
        else if (type.Kind == JsonTypeInfoKind.Dictionary && reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = NameOf(ref reader);
                reader.Read();
                Member(ref reader, type, $"{at}.{name}", errors);
            }
        }
        else reader.Skip();
    }

    private static void Member(ref Utf8JsonReader reader, JsonTypeInfo container, string at, List<FieldError> errors)
    {
        if (reader.TokenType == JsonTokenType.Null) errors.Add(new FieldError(at, "must not be null"));
        else Walk(ref reader, container.Options.GetTypeInfo(container.Type.GetGenericArguments()[^1]), at, errors);
    }

    /// <summary>Paths of an object's fields that are given as null, those of objects in it by a dot.</summary>
    private static HashSet<string> Nulls(ReadOnlySpan<byte> json)
    {
        var nulls = new HashSet<string>(StringComparer.Ordinal);
        var reader = NewReader(json, DepthMax);
        var names = new string[2];
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth <= names.Length) names[reader.CurrentDepth - 1] = NameOf(ref reader);
            if (reader.TokenType == JsonTokenType.Null && reader.CurrentDepth <= names.Length) nulls.Add(string.Join('.', names.Take(reader.CurrentDepth)));
        }

        return nulls;
    }

    private static string NameOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return "(a name that is no Unicode)";
        }
    }

    private static FieldError Mistyped(JsonException e, JsonTypeInfo type, string prefix)
    {
        var path = (e.Path ?? "$").TrimStart('$').TrimStart('.');
        var wanted = PropertyAt(type, path) is { } property ? Wanted(Nullable.GetUnderlyingType(property) ?? property) : "has the wrong type";
        return new FieldError(prefix + (path.Length == 0 ? "body" : path), wanted);
    }

    private static Type? PropertyAt(JsonTypeInfo type, string path)
    {
        Type? found = null;
        foreach (var part in path.Split('.'))
        {
            if (type.Kind != JsonTypeInfoKind.Object) return found;
            var name = part.Split('[')[0];
            found = type.Properties.FirstOrDefault(property => property.Name == name)?.PropertyType;
            if (found is null) return null;
            if (part.Contains('[') && found.IsGenericType) found = found.GetGenericArguments()[0];
            type = type.Options.GetTypeInfo(Nullable.GetUnderlyingType(found) ?? found);
        }

        return found;
    }

    private static string Wanted(Type type) =>
        type.IsEnum ? $"must be one of {string.Join(", ", Names(type))}"
        : type == typeof(string) ? "must be a string"
        : type == typeof(bool) ? "must be true or false"
        : type == typeof(int) || type == typeof(long) ? "must be a whole number"
        : type == typeof(double) ? "must be a number"
        : type == typeof(DateTimeOffset) ? "must be an RFC 3339 time with its offset, such as 2026-01-31T08:00:00Z"
        : type == typeof(Guid) ? "must be a UUID"
        : typeof(IEnumerable).IsAssignableFrom(type) ? "must be a list"
        : "has the wrong type, or lacks a field";

    private static IEnumerable<string> Names(Type type) =>
        type.GetFields(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Static)
            .Select(field => field.GetCustomAttributes(typeof(System.Text.Json.Serialization.JsonStringEnumMemberNameAttribute), inherit: false)
                .OfType<System.Text.Json.Serialization.JsonStringEnumMemberNameAttribute>().FirstOrDefault()?.Name ?? field.Name);
}
