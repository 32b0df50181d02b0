using System.Text.Json;
using System.Text.RegularExpressions;
using Json.Schema;
using Sandbox.Protocol.Text;

namespace Sandbox.Supervisor.Schemas;

/// <summary>
/// A JSON Schema that values are checked against: draft 6 to 2020-12 by its <c>$schema</c>, 2020-12 where it names none. It never fetches
/// a schema. The caller limits the size of the value. Each match of a pattern is bounded by the default timeout of regular expressions,
/// which <c>Program.cs</c> sets. A tenant's schema can still cost more than that, by many patterns or by references that multiply: where
/// the schema is not the operator's, bound its size and the time of the check as well.
/// </summary>
internal sealed class JsonSchemaCheck
{
    /// <summary>Mismatches told of one value.</summary>
    private const int MismatchesMax = 10;

    private const int ReasonMax = 300;
    private static readonly JsonDocumentOptions s_document = new() { MaxDepth = JsonText.DepthMax };
    private readonly JsonSchema _schema;

    private JsonSchemaCheck(JsonSchema schema) => _schema = schema;

    /// <summary>Reads a schema; null where the text is none, with the reason in <paramref name="complaint"/>.</summary>
    public static JsonSchemaCheck? Read(string text, out string? complaint)
    {
        try
        {
            // A registry of its own: two schemas may have the same $id.
            var options = new BuildOptions { Dialect = Dialect.Draft202012, SchemaRegistry = new SchemaRegistry() };
            var check = new JsonSchemaCheck(JsonSchema.FromText(text, options, jsonOptions: s_document));
            complaint = null;
            return check;
        }
        catch (Exception e) when (e is JsonException or JsonSchemaException or ArgumentException or InvalidOperationException)
        {
            complaint = Short(e.Message);
            return null;
        }
    }

    /// <summary>Where the value does not match and why, at most 10 places; empty: it matches.</summary>
    /// <param name="json">JSON text, nested at most <see cref="JsonText.DepthMax"/> levels.</param>
    public IReadOnlyList<SchemaMismatch> Mismatches(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, s_document);
            var options = new EvaluationOptions { OutputFormat = OutputFormat.List, RequireFormatValidation = true };
            var results = _schema.Evaluate(document.RootElement, options);
            return results.IsValid ? [] : Told(results);
        }
        catch (RegexMatchTimeoutException)
        {
            return [new SchemaMismatch("", "a pattern of the schema took too long")];
        }
        catch (RefResolutionException e)
        {
            return [new SchemaMismatch("", $"the schema refers to something that it does not hold: {Short(e.Message)}")];
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or OverflowException)
        {
            return [new SchemaMismatch("", $"it holds a text or a number that cannot be checked: {Short(e.Message)}")];
        }
    }

    private static SchemaMismatch[] Told(EvaluationResults results)
    {
        var told = (results.Details ?? []).Prepend(results)
            .Where(part => !part.IsValid && part.Errors is not null)
            .SelectMany(part => part.Errors!.Select(error => new SchemaMismatch(part.InstanceLocation.ToString(), Short(error.Value))))
            .Distinct()
            .Take(MismatchesMax)
            .ToArray();
        return told.Length > 0 ? told : [new SchemaMismatch("", "it does not match the schema")];
    }

    private static string Short(string text) => text.Length <= ReasonMax ? text : $"{text[..ReasonMax]}…";
}
