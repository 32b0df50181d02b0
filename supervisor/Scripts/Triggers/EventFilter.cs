using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;

namespace Sandbox.Supervisor.Scripts;

/// <summary>
/// Which payloads an event script wants: the <c>where</c> of <c>sdk.db</c> with paths in place of fields. A missing value is as null. Each
/// condition is true or not, so that <c>not</c> is everything else.
/// </summary>
internal sealed class EventFilter
{
    private const int DepthMax = 20;
    private const int ConditionsMax = 1_000;
    private const int PathMax = 500;
    private readonly Func<JsonElement, bool> _matches;

    private EventFilter(Func<JsonElement, bool> matches) => _matches = matches;

    /// <summary>Whether a trigger has one: JSON may say so by null.</summary>
    public static bool IsGiven(RawJson? filter) => filter is { } given && given.ToString().Trim() != "null";

    /// <summary>A 422 that names <c>trigger.filter</c> where it is none.</summary>
    public static Result<EventFilter> Parse(RawJson filter)
    {
        using var document = JsonDocument.Parse(filter.Text);
        try
        {
            return new EventFilter(new Reading().All(document.RootElement.Clone(), 0));
        }
        catch (UnreadableFilterException e)
        {
            return Problem.Invalid(new FieldError("trigger.filter", e.Message));
        }
    }

    public bool Matches(JsonElement payload) => _matches(payload);

    private sealed class UnreadableFilterException(string message) : Exception(message);

    /// <summary>One pass over a filter.</summary>
    private sealed class Reading
    {
        private int _count;

        public Func<JsonElement, bool> All(JsonElement where, int depth)
        {
            if (where.ValueKind != JsonValueKind.Object)
                throw new UnreadableFilterException("must be an object such as {\"status\": \"paid\"}, and so must each condition in it");
            if (depth > DepthMax) throw new UnreadableFilterException($"is nested deeper than {DepthMax} levels");
            Count();
            var parts = where.EnumerateObject().Select(property => Part(JsonText.NameOf(property), property.Value, depth)).ToArray();
            return payload => Array.TrueForAll(parts, part => part(payload));
        }

        private Func<JsonElement, bool> Part(string name, JsonElement value, int depth)
        {
            switch (name)
            {
                case "and":
                    var all = Each(name, value, depth);
                    return payload => Array.TrueForAll(all, part => part(payload));
                case "or":
                    var any = Each(name, value, depth);
                    return payload => Array.Exists(any, part => part(payload));
                case "not":
                    var inner = All(value, depth + 1);
                    return payload => !inner(payload);
                default:
                    return At(name, value);
            }
        }

        private Func<JsonElement, bool>[] Each(string name, JsonElement list, int depth)
        {
            if (list.ValueKind != JsonValueKind.Array)
                throw new UnreadableFilterException($"has {name}, which must be a list of conditions");
            return [.. list.EnumerateArray().Select(item => All(item, depth + 1))];
        }

        private Func<JsonElement, bool> At(string name, JsonElement value)
        {
            if (name.Length is 0 or > PathMax || name.Split('.').Contains(""))
                throw new UnreadableFilterException("has a path that is none; such as customer.country");
            Count();
            var path = new PayloadPath(name);
            if (value.ValueKind != JsonValueKind.Object)
            {
                var equals = FilterComparison.Equal(value);
                return payload => equals(path.Of(payload));
            }

            Func<JsonElement?, bool>[] comparisons = [.. value.EnumerateObject().Select(comparison => Comparison(name, comparison))];
            return payload =>
            {
                var found = path.Of(payload);
                return Array.TrueForAll(comparisons, comparison => comparison(found));
            };
        }

        private Func<JsonElement?, bool> Comparison(string path, JsonProperty comparison)
        {
            Count();
            var read = FilterComparison.Read(JsonText.NameOf(comparison), comparison.Value, ConditionsMax);
            return read.Comparison ?? throw new UnreadableFilterException($"has {path}, {read.Complaint}");
        }

        private void Count()
        {
            if (++_count > ConditionsMax) throw new UnreadableFilterException($"has more than {ConditionsMax} conditions");
        }
    }
}
