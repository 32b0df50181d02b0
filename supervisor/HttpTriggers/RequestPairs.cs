using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>
/// A query or a form as an object: a name that repeats is a list, brackets stay as written, a percent sequence that decodes to nothing stays as it came.
/// Names that differ in case differ: ASP.NET's own collections would merge them.
/// </summary>
internal static class RequestPairs
{
    public static void Write(Utf8JsonWriter json, string? text)
    {
        json.WriteStartObject();
        foreach (var (name, values) in Read(text))
        {
            json.WritePropertyName(name);
            if (values.Count > 1) json.WriteStartArray();
            foreach (var value in values) json.WriteStringValue(value);
            if (values.Count > 1) json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    /// <summary>In the order of their first appearance.</summary>
    private static OrderedDictionary<string, List<string>> Read(string? text)
    {
        var pairs = new OrderedDictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var pair in new QueryStringEnumerable(text))
        {
            var name = pair.DecodeName().ToString();
            if (!pairs.TryGetValue(name, out var values)) pairs.Add(name, values = []);
            values.Add(pair.DecodeValue().ToString());
        }

        return pairs;
    }
}
