using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.Entities;

/// <summary>
/// A script's <c>where</c>, as SQL in which each condition is true or not: a missing value is no third case, so <c>not</c> is everything else, as in JavaScript.
/// </summary>
internal sealed class Condition(BrokerCall call, OpenedEntity entity, Statement statement)
{
    private const int DepthMax = 20;
    private const int ConditionsMax = 1_000;
    private int _count;

    /// <summary>What a condition comes to whatever a row holds.</summary>
    private enum Constant
    {
        None = 0,
        True,
        False,
    }

    /// <summary>Adds <c>and (…)</c> for the conditions; nothing where all rows match. True where they match all by construction.</summary>
    public bool Append(JsonElement where)
    {
        if (where.ValueKind != JsonValueKind.Object) throw call.Invalid("where must be an object such as {status: 'paid'}");
        var all = FoldObject(where, 0) == Constant.True;
        if (all) return true;
        statement.Add(" and ");
        WriteObject(where, 0);
        return false;
    }

    /// <summary>The script says itself that it means all rows.</summary>
    public bool SaysAll(JsonElement where)
    {
        if (where.ValueKind != JsonValueKind.Object || entity.Fields.ContainsKey("all")) return false;
        var count = 0;
        var all = false;
        foreach (var property in where.EnumerateObject())
        {
            count++;
            all |= property.NameEquals("all") && property.Value.ValueKind == JsonValueKind.True;
        }

        return all && count == 1;
    }

    // --- First pass: what is constant, and whether it is well-formed.
    private Constant FoldObject(JsonElement where, int depth)
    {
        Enter(where, depth);
        var constant = Constant.True;
        foreach (var property in where.EnumerateObject())
        {
            var part = NameOf(property) switch
            {
                "and" => FoldList(property.Value, "and", depth, Constant.True, Constant.False),
                "or" => FoldList(property.Value, "or", depth, Constant.False, Constant.True),
                "not" => Opposite(FoldObject(property.Value, depth + 1)),
                var name => FoldField(FieldFor(name), property.Value),
            };
            constant = Both(constant, part);
        }

        return constant;
    }

    private Constant FoldList(JsonElement list, string name, int depth, Constant neutral, Constant final)
    {
        if (list.ValueKind != JsonValueKind.Array) throw call.Invalid($"where.{name} must be a list of conditions");
        var constant = neutral;
        foreach (var item in list.EnumerateArray())
        {
            var part = FoldObject(item, depth + 1);
            if (part == final || constant == final) constant = final;
            else if (part == Constant.None) constant = Constant.None;
        }

        return constant;
    }

    private Constant FoldField(OpenedField field, JsonElement value)
    {
        Count();
        if (value.ValueKind != JsonValueKind.Object) return Constant.None;
        var constant = Constant.True;
        foreach (var comparison in value.EnumerateObject())
        {
            Count();
            var name = NameOf(comparison);
            var part = name switch
            {
                "in" or "notIn" when comparison.Value.ValueKind != JsonValueKind.Array => throw call.Invalid($"{Shown(field.Name)}.{name} must be a list"),
                "in" when comparison.Value.GetArrayLength() == 0 => Constant.False,
                "notIn" when comparison.Value.GetArrayLength() == 0 => Constant.True,
                _ => Constant.None,
            };
            constant = Both(constant, part);
        }

        return constant;
    }

    private static Constant Both(Constant left, Constant right) =>
        left == Constant.False || right == Constant.False ? Constant.False : left == Constant.True && right == Constant.True ? Constant.True : Constant.None;

    private static Constant Opposite(Constant constant) => constant switch
    {
        Constant.True => Constant.False,
        Constant.False => Constant.True,
        Constant.None => Constant.None,
        _ => throw new InvalidOperationException($"Unknown constant {constant}."),
    };

    // --- Second pass: SQL.
    private void WriteObject(JsonElement where, int depth)
    {
        statement.Add("(");
        var first = true;
        foreach (var property in where.EnumerateObject())
        {
            if (!first) statement.Add(" and ");
            first = false;
            switch (NameOf(property))
            {
                case "and":
                    WriteList(property.Value, " and ", "true", depth);
                    break;
                case "or":
                    WriteList(property.Value, " or ", "false", depth);
                    break;
                case "not":
                    WriteObject(property.Value, depth + 1);
                    // Also where the condition comes to null.
                    statement.Add(" is not true");
                    break;
                case var name:
                    WriteField(FieldFor(name), property.Value);
                    break;
            }
        }

        statement.Add(first ? "true)" : ")");
    }

    private void WriteList(JsonElement list, string between, string empty, int depth)
    {
        statement.Add("(");
        var first = true;
        foreach (var item in list.EnumerateArray())
        {
            if (!first) statement.Add(between);
            first = false;
            WriteObject(item, depth + 1);
        }

        statement.Add(first ? $"{empty})" : ")");
    }

    private void WriteField(OpenedField field, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object || field is { Type: { Kind: ColumnKind.Json, IsArray: false } } && !IsComparison(value))
        {
            WriteEquals(field, value);
            return;
        }

        statement.Add("(");
        var first = true;
        foreach (var comparison in value.EnumerateObject())
        {
            if (!first) statement.Add(" and ");
            first = false;
            WriteComparison(field, NameOf(comparison), comparison.Value);
        }

        statement.Add(first ? "true)" : ")");
    }

    private static bool IsComparison(JsonElement value)
    {
        foreach (var property in value.EnumerateObject())
            if (!property.NameEquals("isNull")) return false;
        return true;
    }

    private void WriteComparison(OpenedField field, string comparison, JsonElement value)
    {
        switch (comparison)
        {
            case "eq":
                WriteEquals(field, value);
                break;
            case "ne":
                RequireEquality(field);
                statement.Column(field.Name).Add(" is distinct from ");
                Write(field, value);
                break;
            case "gt" or "gte" or "lt" or "lte":
                RequireOrder(field);
                if (value.ValueKind == JsonValueKind.Null) throw call.Invalid($"{Shown(field.Name)}.{comparison} must not be null; isNull asks for missing values");
                statement.Column(field.Name).Add(comparison switch { "gt" => " > ", "gte" => " >= ", "lt" => " < ", _ => " <= " });
                Write(field, value);
                break;
            case "in":
                WriteIn(field, value);
                break;
            case "notIn":
                WriteIn(field, value);
                statement.Add(" is not true");
                break;
            case "like" or "ilike":
                if (field.Type is not { Kind: ColumnKind.Text, IsArray: false }) throw call.Invalid($"{Shown(field.Name)} is {field.Type.ShownName}; {comparison} compares text");
                if (value.ValueKind == JsonValueKind.Null) throw call.Invalid($"{Shown(field.Name)}.{comparison} must be a pattern");
                statement.Column(field.Name).Add($" {comparison} ");
                Write(field, value);
                break;
            case "isNull":
                if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) throw call.Invalid($"{Shown(field.Name)}.isNull must be true or false");
                statement.Column(field.Name).Add(value.GetBoolean() ? " is null" : " is not null");
                break;
            default:
                throw call.Invalid($"{Shown(field.Name)} has the comparison '{Shown(comparison)}'; there are eq, ne, gt, gte, lt, lte, in, notIn, like, ilike, isNull");
        }
    }

    private void WriteEquals(OpenedField field, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            statement.Column(field.Name).Add(" is null");
            return;
        }

        RequireEquality(field);
        statement.Column(field.Name).Add(" = ");
        Write(field, value);
    }

    private void WriteIn(OpenedField field, JsonElement list)
    {
        RequireEquality(field);
        if (list.GetArrayLength() > ConditionsMax) throw call.Invalid($"{Shown(field.Name)}.in has {list.GetArrayLength()} values; at most {ConditionsMax} are allowed");
        var hasNull = false;
        var first = true;
        statement.Add("(");
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Null)
            {
                hasNull = true;
                continue;
            }

            if (first) statement.Column(field.Name).Add(" in (");
            else statement.Add(", ");
            first = false;
            Write(field, item);
        }

        if (!first) statement.Add(")");
        if (hasNull) statement.Add(first ? "" : " or ").Column(field.Name).Add(" is null");
        statement.Add(first && !hasNull ? "false)" : ")");
    }

    private void Write(OpenedField field, JsonElement value)
    {
        var (text, complaint) = FieldText.Of(value, field.Type);
        if (complaint is not null) throw call.Invalid($"where.{Shown(field.Name)} {complaint}");
        statement.Value(text, field.Type);
    }

    private void RequireEquality(OpenedField field)
    {
        if (field.Type.Kind == ColumnKind.Json) throw call.Invalid($"{Shown(field.Name)} is {field.Type.ShownName}, which can only be asked for isNull");
    }

    private void RequireOrder(OpenedField field)
    {
        RequireEquality(field);
        if (field.Type.IsArray || field.Type.Kind is ColumnKind.Boolean or ColumnKind.Bytes) throw call.Invalid($"{Shown(field.Name)} is {field.Type.ShownName}, which has no order");
    }

    private OpenedField FieldFor(string name) => DbNames.Readable(call, entity, name);

    private void Enter(JsonElement where, int depth)
    {
        if (where.ValueKind != JsonValueKind.Object) throw call.Invalid("each condition must be an object such as {status: 'paid'}");
        if (depth > DepthMax) throw call.Invalid($"where is nested deeper than {DepthMax} levels");
        Count();
    }

    private void Count()
    {
        if (++_count > ConditionsMax) throw call.Invalid($"where has more than {ConditionsMax} conditions");
    }

    // A name may hold a lone surrogate, which JsonProperty.Name refuses to decode.
    private static string NameOf(JsonProperty property) => JsonText.NameOf(property);

    private static string Shown(string name) => DbNames.Shown(name);
}
