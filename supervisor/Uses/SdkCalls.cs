using System.Collections.Frozen;
using Acornima.Ast;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Uses;

/// <summary>Which rights a call of the sdk needs, by its arguments.</summary>
internal sealed class SdkCalls(SourceValues values, Action<Use> add, Action<Node, string> report)
{
    private static readonly FrozenDictionary<string, UseKind> s_named = new Dictionary<string, UseKind>(StringComparer.Ordinal)
    {
        ["sdk.db.find"] = UseKind.EntityRead,
        ["sdk.db.findOne"] = UseKind.EntityRead,
        ["sdk.db.get"] = UseKind.EntityRead,
        ["sdk.db.count"] = UseKind.EntityRead,
        ["sdk.db.insert"] = UseKind.EntityWrite,
        ["sdk.db.update"] = UseKind.EntityWrite,
        ["sdk.db.updateById"] = UseKind.EntityWrite,
        ["sdk.db.delete"] = UseKind.EntityWrite,
        ["sdk.db.deleteById"] = UseKind.EntityWrite,
        ["sdk.db.upsert"] = UseKind.EntityWrite,
        ["sdk.secrets.get"] = UseKind.Secret,
        ["sdk.scripts.invoke"] = UseKind.Script,
        ["sdk.events.publish"] = UseKind.Event,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Where the URL stands, and where the options.</summary>
    private static readonly FrozenDictionary<string, (int Url, int Options)> s_requests = new Dictionary<string, (int Url, int Options)>(StringComparer.Ordinal)
    {
        ["fetch"] = (0, 1),
        ["sdk.http.get"] = (0, 1),
        ["sdk.http.delete"] = (0, 1),
        ["sdk.http.head"] = (0, 1),
        ["sdk.http.post"] = (0, 2),
        ["sdk.http.put"] = (0, 2),
        ["sdk.http.patch"] = (0, 2),
        ["sdk.http.request"] = (1, 2),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly string[] s_parts = ["sdk.db", "sdk.secrets", "sdk.scripts", "sdk.http", "sdk.events"];

    /// <summary>Whoever holds this part of the sdk can use what needs a right.</summary>
    public static bool GrantsRights(string path) =>
        path is "sdk" or "fetch" || path.StartsWith("fetch.", StringComparison.Ordinal)
        || (!Is(path, "sdk.db.entities") && Array.Exists(s_parts, part => Is(path, part)));

    public static bool IsEmail(string path) => Is(path, "sdk.email");

    /// <summary>False: the call needs no right of its own.</summary>
    public bool Read(string path, CallExpression call, SourceScope scope)
    {
        if (s_requests.TryGetValue(path, out var request))
        {
            Host(path, call, Argument(call, request.Url), scope);
            Connection(Argument(call, request.Options), scope);
            return true;
        }

        if (!s_named.TryGetValue(path, out var kind)) return false;
        Name(path, kind, call, Argument(call, 0), scope);
        return true;
    }

    private static bool Is(string path, string part) =>
        path.StartsWith(part, StringComparison.Ordinal) && (path.Length == part.Length || path[part.Length] == '.');

    /// <summary>Null: none was given. A spread argument stands for all that follow.</summary>
    private static Expression? Argument(CallExpression call, int index)
    {
        for (var i = 0; i < call.Arguments.Count && i <= index; i++)
            if (i == index || call.Arguments[i] is SpreadElement) return call.Arguments[i];
        return null;
    }

    private void Name(string path, UseKind kind, CallExpression call, Node? argument, SourceScope scope)
    {
        if (NeverString(argument)) return;
        if (values.NamesOf(argument, scope) is { } names)
        {
            foreach (var name in names) add(new Use(kind, name));
            return;
        }

        report(
            argument ?? call,
            $"the name that {path} is called with is computed at run time; write it as a string, or declare it in uses, "
            + $"for example {new Use(kind, Example(kind)).Declaration}, or * for any");
    }

    private void Host(string path, CallExpression call, Node? argument, SourceScope scope)
    {
        var (url, at) = SourceValues.Resolve(argument, scope);
        // new URL('https://…') and new Request('https://…') are their first argument.
        while (url is NewExpression { Callee: Identifier { Name: "URL" or "Request" }, Arguments.Count: 1 or 2 } made
            && (made.Arguments.Count == 1 || made.Callee is Identifier { Name: "Request" }))
            (url, at) = SourceValues.Resolve(made.Arguments[0], at);
        if (NeverString(url)) return;
        if (url is ConditionalExpression either && values.NamesOf(either, at) is { } choices)
        {
            foreach (var choice in choices) AddHost(choice, isWhole: true);
            return;
        }

        var (text, isWhole) = values.TextOf(url, at);
        if (text is null || !AddHost(text, isWhole))
        {
            report(
                argument ?? call,
                $"the host that {path} is called with is computed at run time; write it into the URL, or declare it, "
                + $"for example {new Use(UseKind.Host, "api.example.com").Declaration}, or * for any");
        }
    }

    /// <summary>False: the text ends within the host, or before it.</summary>
    private bool AddHost(string text, bool isWhole)
    {
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        // A relative URL is refused when it is called.
        if (scheme < 0) return isWhole;
        var end = text.AsSpan(scheme + 3).IndexOfAny("/?#\\");
        if (end < 0 && !isWhole) return false;
        var origin = end < 0 ? text : text[..(scheme + 3 + end)];
        // As the call reads it: an address is the same in all its spellings.
        if (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && UrlHost.Parse(uri.Host) is { } host) add(new Use(UseKind.Host, host.Name));
        return true;
    }

    /// <summary>Options that are not written out are not looked into: the broker says what to declare.</summary>
    private void Connection(Node? argument, SourceScope scope)
    {
        var (options, at) = SourceValues.Resolve(argument, scope);
        if (options is not ObjectExpression all) return;
        foreach (var member in all.Properties)
        {
            if (member is not Property { Computed: false } one || SourceScope.NameOf(one.Key) != "connection" || NeverString(one.Value)) continue;
            if (values.NamesOf(one.Value, at) is { } names)
            {
                foreach (var name in names) add(new Use(UseKind.Connection, name));
            }
            else
            {
                report(
                    one.Value,
                    $"the connection is computed at run time; write it as a string, or declare it, "
                    + $"for example {new Use(UseKind.Connection, "crm").Declaration}, or * for any");
            }
        }
    }

    /// <summary>What is refused as an argument in any case.</summary>
    private static bool NeverString(Node? argument) =>
        argument is null or (Literal and not StringLiteral) or ObjectExpression or ArrayExpression or IFunction or Identifier { Name: "undefined" };

    private static string Example(UseKind kind) => kind switch
    {
        UseKind.EntityRead or UseKind.EntityWrite => "orders",
        UseKind.Event => "order.*",
        UseKind.Secret => "crm",
        UseKind.Script => "price",
        UseKind.Host or UseKind.Connection or UseKind.Email => throw new ArgumentOutOfRangeException(nameof(kind), kind, "It is not given by name alone."),
        _ => throw new InvalidOperationException(kind.ToString()),
    };
}
