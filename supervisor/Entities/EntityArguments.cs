using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.Entities;

/// <summary>Reads what a script gave for a call on an entity: options, rows and names of fields, each checked against the catalog.</summary>
internal sealed class EntityArguments(BrokerCall call, OpenedEntity entity)
{
    private static readonly JsonElement s_nothing = JsonDocument.Parse("{}").RootElement;

    /// <summary>What is set in an object of options, each by its name.</summary>
    public IEnumerable<(string Name, JsonElement Value)> Options(JsonElement? options)
    {
        if (options is { ValueKind: not JsonValueKind.Object }) throw call.Invalid("options must be an object");
        foreach (var property in (options ?? s_nothing).EnumerateObject())
            if (property.Value.ValueKind != JsonValueKind.Null) yield return (JsonText.NameOf(property), property.Value);
    }

    public long Whole(JsonElement value, string name) =>
        Rest.WholeNumbers.TryRead(value, out var number) && number is >= 0 and <= int.MaxValue ? number : throw call.Invalid($"{name} must be a whole number from 0");

    public string String(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.String && Protocol.Text.JsonText.Decode(item.GetRawText()) is { } text ? text : throw call.Invalid($"{name} must name fields");

    /// <summary>The fields that are asked for; all that are readable where none are.</summary>
    public List<OpenedField> Selected(JsonElement? select)
    {
        if (select is not { ValueKind: not JsonValueKind.Null } given) return [.. entity.Fields.Values.Where(field => field.Read).OrderBy(field => field.Name, StringComparer.Ordinal)];
        if (given.ValueKind != JsonValueKind.Array || given.GetArrayLength() == 0) throw call.Invalid("select must be a list of fields");
        var fields = new List<OpenedField>();
        foreach (var item in given.EnumerateArray())
        {
            var field = DbNames.Readable(call, entity, String(item, "select"));
            if (!fields.Contains(field)) fields.Add(field);
        }

        return fields;
    }

    /// <summary>What is written, each field once.</summary>
    public IEnumerable<(OpenedField Field, JsonElement Value)> Fields(JsonElement row)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in row.EnumerateObject())
        {
            var name = JsonText.NameOf(property);
            // JSON of a script names each once; a forged one need not.
            if (seen.Add(name)) yield return (DbNames.Writable(call, entity, name), property.Value);
        }
    }

    /// <summary>The rows of an argument that is one or a list of them.</summary>
    public IReadOnlyList<JsonElement> Rows(JsonElement? argument, out bool isList)
    {
        isList = argument is { ValueKind: JsonValueKind.Array };
        if (argument is not { ValueKind: JsonValueKind.Object or JsonValueKind.Array } given) throw call.Invalid("the row must be an object, or a list of them");
        IReadOnlyList<JsonElement> rows = isList ? [.. given.EnumerateArray()] : [given];
        if (rows.Count > EntityStatements.RowsMax) throw call.Refused("ROW_LIMIT", $"{rows.Count} rows; one call takes at most {EntityStatements.RowsMax}");
        return rows.FirstOrDefault(row => row.ValueKind != JsonValueKind.Object) is { ValueKind: not JsonValueKind.Undefined } ? throw call.Invalid("each row must be an object") : rows;
    }
}
