using System.Globalization;
using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.Entities;

/// <summary>
/// Builds the statements of one call on one entity. Each has the tenant's predicate, whatever the script asked for; names come from the catalog alone.
/// </summary>
internal sealed class EntityStatements(BrokerCall call, OpenedEntity entity)
{
    /// <summary>Rows of one find, and of one insert.</summary>
    public const int RowsMax = 1_000;

    private readonly EntityArguments _arguments = new(call, entity);
    private readonly Statement _statement = new();

    /// <summary>Written values that name rows of other tables, by the field and what it refers to.</summary>
    private readonly Dictionary<(OpenedField Field, EntityReference Reference), HashSet<string>> _referred = [];

    /// <summary>What must be true before the statement may run, each in the words of its failure.</summary>
    public IReadOnlyList<(Statement Statement, string Failure)> Checks => [.. _referred.Select(Check)];

    /// <summary>The columns of the answer, in order.</summary>
    public IReadOnlyList<OpenedField> Selected { get; private set; } = [];

    /// <param name="options"><c>{where, select, orderBy, limit, offset}</c>.</param>
    /// <param name="most">Rows to ask for at most, where the script names no limit.</param>
    public Statement Find(JsonElement? options, int most)
    {
        JsonElement? where = null, orderBy = null, select = null;
        long? limit = null, offset = null;
        foreach (var (name, value) in _arguments.Options(options))
        {
            switch (name)
            {
                case "where": where = value; break;
                case "select": select = value; break;
                case "orderBy": orderBy = value; break;
                case "limit": limit = _arguments.Whole(value, "limit"); break;
                case "offset": offset = _arguments.Whole(value, "offset"); break;
                default: throw call.Invalid($"there is no option {DbNames.Shown(name)}; there are where, select, orderBy, limit, offset");
            }
        }

        if (limit > RowsMax) throw call.Refused("ROW_LIMIT", $"limit is {limit}; one call gives at most {RowsMax} rows. Ask for pages by limit and offset");
        Selected = _arguments.Selected(select);
        From();
        Where(where);
        OrderBy(orderBy);
        _statement.Add(string.Create(CultureInfo.InvariantCulture, $" limit {limit ?? most} offset {offset ?? 0}"));
        return _statement;
    }

    public Statement Get(JsonElement id)
    {
        Selected = _arguments.Selected(null);
        From();
        Key(id);
        return _statement;
    }

    public Statement Count(JsonElement? options)
    {
        JsonElement? where = null;
        foreach (var (name, value) in _arguments.Options(options))
            where = name == "where" ? value : throw call.Invalid($"there is no option {DbNames.Shown(name)}; there is where");
        _statement.Add("select count(*)::text from ").Name(entity.Schema).Add(".").Name(entity.Table).Add(" t where ");
        Tenant();
        Where(where);
        return _statement;
    }

    /// <param name="isReturning">The rows as they then are.</param>
    public Statement Update(JsonElement where, JsonElement changes, bool isReturning = false)
    {
        Set(changes);
        Affecting(where);
        if (isReturning) Returning();
        return _statement;
    }

    /// <param name="isReturning">The row as it then is.</param>
    public Statement UpdateById(JsonElement id, JsonElement changes, bool isReturning = false)
    {
        Set(changes);
        Key(id);
        if (isReturning) Returning();
        return _statement;
    }

    public Statement Delete(JsonElement where)
    {
        DeleteFrom();
        Affecting(where);
        return _statement;
    }

    public Statement DeleteById(JsonElement id)
    {
        DeleteFrom();
        Key(id);
        return _statement;
    }

    public Statement Insert(IReadOnlyList<JsonElement> rows)
    {
        Values(rows);
        Returning();
        return _statement;
    }

    public Statement Upsert(IReadOnlyList<JsonElement> rows, JsonElement? options)
    {
        JsonElement? on = null;
        foreach (var (name, value) in _arguments.Options(options))
            on = name == "on" ? value : throw call.Invalid($"there is no option {DbNames.Shown(name)}; there is on");
        if (on is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() == 0) throw call.Invalid("on must be a list of the fields that a row is known by");
        var target = new List<OpenedField>();
        foreach (var item in list.EnumerateArray()) target.Add(DbNames.Readable(call, entity, _arguments.String(item, "on")));
        var given = Values(rows);
        if (target.Find(field => !given.Contains(field)) is { } lacking) throw call.Invalid($"on has {lacking.Name}, which the rows do not");
        _statement.Add(" on conflict (");
        // With the tenant in the target, a row of another tenant never matches it.
        if (entity.Tenant is { } tenant) _statement.Name(tenant.Name).Add(", ");
        Names(target);
        _statement.Add(") do update set ");
        var changed = given.Where(field => !target.Contains(field)).ToList();
        if (changed.Count == 0) changed = [target[0]];
        for (var i = 0; i < changed.Count; i++) _statement.Add(i > 0 ? ", " : "").Name(changed[i].Name).Add(" = excluded.").Name(changed[i].Name);
        _statement.Add(" where ");
        Tenant();
        Returning();
        return _statement;
    }

    private void From()
    {
        _statement.Add("select ");
        Columns();
        _statement.Add(" from ").Name(entity.Schema).Add(".").Name(entity.Table).Add(" t where ");
        Tenant();
    }

    private void DeleteFrom()
    {
        _statement.Add("delete from ").Name(entity.Schema).Add(".").Name(entity.Table).Add(" t where ");
        Tenant();
    }

    private void Set(JsonElement changes)
    {
        if (changes.ValueKind != JsonValueKind.Object) throw call.Invalid("changes must be an object");
        _statement.Add("update ").Name(entity.Schema).Add(".").Name(entity.Table).Add(" t set ");
        var first = true;
        foreach (var (field, value) in _arguments.Fields(changes))
        {
            if (!first) _statement.Add(", ");
            first = false;
            _statement.Name(field.Name).Add(" = ");
            Written(field, value, "");
        }

        if (first) throw call.Invalid("changes must name at least one field");
        _statement.Add(" where ");
        Tenant();
    }

    /// <summary>The rows that are changed: which, must be said.</summary>
    private void Affecting(JsonElement where)
    {
        var condition = new Condition(call, entity, _statement);
        if (condition.SaysAll(where)) return;
        if (condition.Append(where)) throw call.Invalid("where matches every row; say {all: true} where that is meant");
    }

    private void Where(JsonElement? where)
    {
        if (where is not { ValueKind: not JsonValueKind.Null } given) return;
        var condition = new Condition(call, entity, _statement);
        if (!condition.SaysAll(given)) condition.Append(given);
    }

    private void Key(JsonElement id)
    {
        if (id.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined) throw call.Invalid($"{entity.Key} is missing");
        var key = DbNames.Readable(call, entity, entity.Key);
        _statement.Add(" and ").Column(key.Name).Add(" = ");
        Value(key, id, "");
    }

    /// <summary>The predicate that no statement is without.</summary>
    private void Tenant()
    {
        if (entity.Tenant is not { } tenant)
        {
            _statement.Add("true");
            return;
        }

        _statement.Column(tenant.Name).Add(" = ").Value(call.TenantId.ToString(), tenant.Type);
    }

    /// <summary>Adds the rows; the fields that they name together. A row that lacks one of them has the column's default.</summary>
    private List<OpenedField> Values(IReadOnlyList<JsonElement> rows)
    {
        var read = rows.Select(row => _arguments.Fields(row).ToDictionary(pair => pair.Field, pair => pair.Value)).ToList();
        var fields = read.SelectMany(row => row.Keys).Distinct().ToList();
        if (rows.Count * (fields.Count + 1L) > Statement.ParametersMax) throw call.Refused("ROW_LIMIT", $"{rows.Count} rows of {fields.Count} fields are too many for one call; insert fewer at once");
        _statement.Add("insert into ").Name(entity.Schema).Add(".").Name(entity.Table).Add(" as t (");
        if (entity.Tenant is { } tenant) _statement.Name(tenant.Name).Add(fields.Count > 0 ? ", " : "");
        Names(fields);
        _statement.Add(") values ");
        for (var row = 0; row < read.Count; row++)
        {
            _statement.Add(row > 0 ? ", (" : "(");
            if (entity.Tenant is { } column) _statement.Value(call.TenantId.ToString(), column.Type).Add(fields.Count > 0 ? ", " : "");
            for (var i = 0; i < fields.Count; i++)
            {
                if (i > 0) _statement.Add(", ");
                if (read[row].TryGetValue(fields[i], out var value)) Written(fields[i], value, read.Count > 1 ? $"row {row + 1}: " : "");
                else _statement.Add("default");
            }

            _statement.Add(")");
        }

        return fields;
    }

    private void Value(OpenedField field, JsonElement value, string where)
    {
        var (text, complaint) = FieldText.Of(value, field.Type);
        if (complaint is not null) throw call.Invalid($"{where}{field.Name} {complaint}");
        _statement.Value(text, field.Type);
    }

    private void Written(OpenedField field, JsonElement value, string where)
    {
        Value(field, value, where);
        if (field.References.Count == 0 || FieldText.Of(value, field.Type).Text is not { } text) return;
        foreach (var reference in field.References)
        {
            if (!_referred.TryGetValue((field, reference), out var texts)) _referred.Add((field, reference), texts = new HashSet<string>(StringComparer.Ordinal));
            texts.Add(text);
        }
    }

    /// <summary>PostgreSQL checks a foreign key without regard to tenants: each value must name a row of this tenant's own.</summary>
    private (Statement Statement, string Failure) Check(KeyValuePair<(OpenedField Field, EntityReference Reference), HashSet<string>> referred)
    {
        var ((field, reference), texts) = referred;
        var check = new Statement().Add("select (not exists (select from unnest(").Value(FieldText.ArrayOf(texts), field.Type with { IsArray = true })
            .Add(") v where not exists (select from ").Name(reference.Schema).Add(".").Name(reference.Table).Add(" r where r.").Name(reference.Column).Add(" = v and r.")
            .Name(reference.Tenant.Name).Add(" = ").Value(call.TenantId.ToString(), reference.Tenant.Type).Add(")))::text");
        return (check, $"{entity.Name}.{field.Name} refers to a row that does not exist");
    }

    private void Names(List<OpenedField> fields)
    {
        for (var i = 0; i < fields.Count; i++) _statement.Add(i > 0 ? ", " : "").Name(fields[i].Name);
    }

    private void Columns()
    {
        for (var i = 0; i < Selected.Count; i++)
            _statement.Add(i > 0 ? ", " : "").Add(FieldJson.Selected($"t.\"{Selected[i].Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", Selected[i].Type));
    }

    private void Returning()
    {
        Selected = entity.Operations.HasFlag(AllowedOperations.Read) ? _arguments.Selected(null) : [];
        _statement.Add(" returning ");
        if (Selected.Count == 0) _statement.Add("1");
        else Columns();
    }

    private void OrderBy(JsonElement? orderBy)
    {
        var ordered = new List<string>();
        if (orderBy is { ValueKind: not JsonValueKind.Null } given)
        {
            IReadOnlyList<JsonElement> items = given.ValueKind == JsonValueKind.Array ? [.. given.EnumerateArray()] : [given];
            foreach (var item in items)
            {
                var name = _arguments.String(item, "orderBy");
                var descending = name.StartsWith('-');
                var field = DbNames.Readable(call, entity, descending ? name[1..] : name);
                if (field.Type.Kind == ColumnKind.Json) throw call.Invalid($"orderBy has {field.Name}, which is {field.Type.ShownName} and has no order");
                if (ordered.Contains(field.Name)) continue;
                _statement.Add(ordered.Count == 0 ? " order by " : ", ").Column(field.Name).Add(descending ? " desc" : "");
                ordered.Add(field.Name);
            }
        }

        // Pages that are asked for one after the other must not overlap.
        if (entity.Fields[entity.Key].Read && !ordered.Contains(entity.Key)) _statement.Add(ordered.Count == 0 ? " order by " : ", ").Column(entity.Key);
    }
}
