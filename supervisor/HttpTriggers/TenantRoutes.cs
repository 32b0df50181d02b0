using System.Collections.Frozen;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>One endpoint: which script, and its trigger, read once.</summary>
/// <param name="IsReadable">False: the stored trigger is none that this version knows, and nothing of it but path and methods holds.</param>
internal sealed record Route(Guid ScriptId, string ScriptName, RouteTemplate Template, HttpTrigger Trigger, bool IsReadable = true);

/// <summary>What a path and method lead to: a route with its parameters, or none and the methods that the path has.</summary>
internal readonly record struct RouteMatch(Route? Route, IReadOnlyList<KeyValuePair<string, string>> Parameters, IReadOnlyList<string> Allowed);

/// <summary>The routes of one tenant. Immutable: a change makes a new one.</summary>
internal sealed class TenantRoutes
{
    public static readonly TenantRoutes Empty = new([]);

    private readonly FrozenDictionary<string, Node> _byMethod;

    public TenantRoutes(IReadOnlyCollection<Route> routes)
    {
        Routes = routes;
        var trees = new Dictionary<string, Node>(StringComparer.Ordinal);
        foreach (var route in routes)
        {
            foreach (var method in route.Trigger.Methods)
            {
                if (!trees.TryGetValue(method, out var tree)) trees[method] = tree = new Node();
                tree.Add(route, 0);
            }
        }

        _byMethod = trees.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public IReadOnlyCollection<Route> Routes { get; }

    /// <summary>Finds by decoded segments. HEAD is answered by a GET route where no route of its own is there.</summary>
    public RouteMatch Find(string method, IReadOnlyList<string> segments)
    {
        var parameters = new List<KeyValuePair<string, string>>();
        if (Match(method, segments, parameters) is { } route) return new RouteMatch(route, parameters, []);
        if (method == HttpMethods.Head && Match(HttpMethods.Get, segments, parameters) is { } get) return new RouteMatch(get, parameters, []);
        return new RouteMatch(null, [], Allowed(segments));
    }

    private SortedSet<string> AllowedSet(IReadOnlyList<string> segments)
    {
        var allowed = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (method, tree) in _byMethod)
        {
            if (tree.Match(segments, 0, []) is null) continue;
            allowed.Add(method);
            if (method == HttpMethods.Get) allowed.Add(HttpMethods.Head);
        }

        if (allowed.Count > 0) allowed.Add(HttpMethods.Options);
        return allowed;
    }

    private string[] Allowed(IReadOnlyList<string> segments) => [.. AllowedSet(segments)];

    private Route? Match(string method, IReadOnlyList<string> segments, List<KeyValuePair<string, string>> parameters)
    {
        if (!_byMethod.TryGetValue(method, out var tree)) return null;
        parameters.Clear();
        var values = new List<string>();
        if (tree.Match(segments, 0, values) is not { } route) return null;
        var at = 0;
        foreach (var segment in route.Template.Segments)
        {
            if (segment.Kind != RouteSegmentKind.Literal) parameters.Add(new KeyValuePair<string, string>(segment.Text, values[at++]));
        }

        return route;
    }

    /// <summary>One segment deep: a literal outranks a parameter, a parameter a catch-all; what leads nowhere is taken back.</summary>
    private sealed class Node
    {
        private readonly Dictionary<string, Node> _literals = new(StringComparer.Ordinal);
        private Node? _parameter;
        private Route? _catchAll;
        private Route? _here;

        public void Add(Route route, int depth)
        {
            if (depth == route.Template.Segments.Count)
            {
                _here ??= route;
                return;
            }

            var segment = route.Template.Segments[depth];
            switch (segment.Kind)
            {
                case RouteSegmentKind.Literal:
                    if (!_literals.TryGetValue(segment.Text, out var next)) _literals[segment.Text] = next = new Node();
                    next.Add(route, depth + 1);
                    break;
                case RouteSegmentKind.Parameter:
                    (_parameter ??= new Node()).Add(route, depth + 1);
                    break;
                case RouteSegmentKind.CatchAll:
                    _catchAll ??= route;
                    break;
                default:
                    throw new InvalidOperationException(segment.Kind.ToString());
            }
        }

        public Route? Match(IReadOnlyList<string> segments, int depth, List<string> values)
        {
            if (depth == segments.Count)
            {
                if (_here is not null) return _here;
            }
            else
            {
                var segment = segments[depth];
                if (_literals.TryGetValue(segment, out var literal) && literal.Match(segments, depth + 1, values) is { } exact) return exact;
                if (_parameter is not null && segment.Length > 0)
                {
                    values.Add(segment);
                    if (_parameter.Match(segments, depth + 1, values) is { } named) return named;
                    values.RemoveAt(values.Count - 1);
                }
            }

            if (_catchAll is null) return null;
            values.Add(string.Join('/', segments.Skip(depth)));
            return _catchAll;
        }
    }
}
