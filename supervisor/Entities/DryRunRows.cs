using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.Entities;

/// <summary>The writes of a dry run, with each row as it was and as it then is; of both the fields that scripts may read.</summary>
internal sealed class DryRunRows(DataAccess data, BrokerCall call, DryRun dryRun, OpenedEntity entity, long? transaction)
{
    /// <summary>Rows that are found by several fields are asked for in pieces: a condition has a bound.</summary>
    private const int RowsOfPiece = 50;

    private bool IsReadable => entity.Operations.HasFlag(AllowedOperations.Read);

    public async Task<int> UpdateAsync(JsonElement where, JsonElement changes, bool byId, CancellationToken cancellationToken)
    {
        var before = await FoundAsync(where, byId, cancellationToken);
        var statements = new EntityStatements(call, entity);
        var statement = byId ? statements.UpdateById(where, changes, isReturning: true) : statements.Update(where, changes, isReturning: true);
        var (after, rows) = await data.RowsAsync(call, entity, transaction, statements, statement, cancellationToken);
        Add("update", before, List(after));
        return rows;
    }

    public async Task<int> DeleteAsync(JsonElement where, bool byId, CancellationToken cancellationToken)
    {
        var before = await FoundAsync(where, byId, cancellationToken);
        var statements = new EntityStatements(call, entity);
        var statement = byId ? statements.DeleteById(where) : statements.Delete(where);
        var rows = await data.ChangedAsync(call, entity, transaction, statements, statement, cancellationToken);
        Add("delete", before, []);
        return rows;
    }

    /// <summary>Rows that were inserted.</summary>
    public void Inserted(string after) => Add("insert", [], List(after));

    /// <summary>Rows that an upsert will meet.</summary>
    public async Task<List<JsonObject>> MetAsync(IReadOnlyList<JsonElement> rows, JsonElement? options, CancellationToken cancellationToken)
    {
        var met = new List<JsonObject>();
        if (!IsReadable || options is not { ValueKind: JsonValueKind.Object } given || !given.TryGetProperty("on", out var on) || on.ValueKind != JsonValueKind.Array) return met;
        string[] fields = [.. on.EnumerateArray().Where(field => field.ValueKind == JsonValueKind.String).Select(field => field.GetString()!)];
        foreach (var piece in rows.Chunk(RowsOfPiece))
        {
            var any = new JsonArray();
            foreach (var row in piece)
            {
                var same = new JsonObject();
                foreach (var field in fields)
                    if (row.TryGetProperty(field, out var value)) same[field] = JsonNode.Parse(value.GetRawText());
                any.Add(same);
            }

            using var where = JsonDocument.Parse(new JsonObject { ["where"] = new JsonObject { ["or"] = any } }.ToJsonString());
            met.AddRange(await FindAsync(where.RootElement, cancellationToken));
        }

        return met;
    }

    public void Upserted(List<JsonObject> before, string after) => Add("upsert", before, List(after));

    private async Task<List<JsonObject>> FoundAsync(JsonElement where, bool byId, CancellationToken cancellationToken)
    {
        if (!IsReadable) return [];
        if (byId)
        {
            var statements = new EntityStatements(call, entity);
            return List((await data.RowsAsync(call, entity, transaction, statements, statements.Get(where), cancellationToken)).Json);
        }

        using var options = JsonDocument.Parse($"{{\"where\":{where.GetRawText()}}}", new JsonDocumentOptions { MaxDepth = 1_000 });
        return await FindAsync(options.RootElement, cancellationToken);
    }

    private async Task<List<JsonObject>> FindAsync(JsonElement options, CancellationToken cancellationToken)
    {
        var statements = new EntityStatements(call, entity);
        return List((await data.RowsAsync(call, entity, transaction, statements, statements.Find(options, EntityStatements.RowsMax), cancellationToken)).Json);
    }

    private static List<JsonObject> List(string json) => [.. JsonNode.Parse(json)!.AsArray().OfType<JsonObject>()];

    /// <summary>Each row once, before and after brought together by the key.</summary>
    private void Add(string operation, List<JsonObject> before, List<JsonObject> after)
    {
        if (!IsReadable)
        {
            Write(operation, null, null);
            return;
        }

        var earlier = before.Where(row => KeyOf(row) is not null).ToLookup(row => KeyOf(row)!, StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in after)
        {
            var key = KeyOf(row);
            if (key is not null) seen.Add(key);
            Write(operation, key is null ? null : earlier[key].FirstOrDefault(), row);
        }

        foreach (var row in before)
            if (KeyOf(row) is not { } key || !seen.Contains(key)) Write(operation, row, null);
    }

    private string? KeyOf(JsonObject row) => row.TryGetPropertyValue(entity.Key, out var key) ? key?.ToJsonString() : null;

    private void Write(string operation, JsonObject? before, JsonObject? after) => dryRun.AddChange(call.Execution.Mask.ApplyToJson(new JsonObject
    {
        ["entity"] = entity.Name,
        ["operation"] = operation,
        ["before"] = before?.DeepClone(),
        ["after"] = after?.DeepClone(),
    }.ToJsonString()));
}
