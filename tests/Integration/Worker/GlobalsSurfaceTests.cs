using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ClearScript.V8;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Worker;

/// <summary>The globals that <c>sandbox.d.ts</c> names are those that an isolate has beside the language's own, with the same members.</summary>
public sealed partial class GlobalsSurfaceTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    /// <summary>Members in order; legacy constants, in capitals, are left out of the types.</summary>
    private const string MembersOf = """
        const isMember = (name) => name !== 'constructor' && !/^[A-Z_]+$/.test(name);
        function membersOf(value) {
          if (typeof value !== 'function') return Object.keys(value).sort();
          if (value.prototype === undefined) return [];
          const own = Object.getOwnPropertyNames(value.prototype).filter(isMember);
          const statics = Object.getOwnPropertyNames(value).filter((name) => isMember(name) && !['length', 'name', 'prototype'].includes(name));
          return [...own, ...statics.map((name) => `static ${name}`)].sort();
        }
        """;

    private static readonly string s_types = File.ReadAllText(Path.Combine(RunningProduct.Root, "worker/runtime/sandbox.d.ts"));

    [Fact(Timeout = 60_000)]
    public async Task Each_global_that_is_typed_is_there_with_the_members_that_are_typed()
    {
        // The context of a fixture's request is a short one, and the sdk's parts are compared by themselves.
        var names = Globals().Where(name => name is not ("context" or "sdk")).ToList();
        var source = $"{MembersOf}\nconst all = {{ {string.Join(", ", names)} }};\nreturn Object.fromEntries(Object.entries(all).map(([name, value]) => [name, membersOf(value)]));";

        var found = JsonSerializer.Deserialize<Dictionary<string, string[]>>((await fixture.Worker.OutputAsync(source))!)!;

        found.Keys.ShouldBe(names, ignoreOrder: true);
        foreach (var (name, members) in found) Members(name).Distinct().ShouldBe(members, ignoreOrder: true, name);
    }

    [Fact(Timeout = 60_000)]
    public async Task Each_global_beside_the_languages_own_is_typed()
    {
        using var untouched = new V8ScriptEngine();
        var own = ((string)untouched.Evaluate("Object.getOwnPropertyNames(globalThis).join()")).Split(',');
        var found = JsonSerializer.Deserialize<string[]>((await fixture.Worker.OutputAsync("return Object.getOwnPropertyNames(globalThis);"))!)!;
        var bindings = Binding().Matches(Bindings().Match(File.ReadAllText(Path.Combine(RunningProduct.Root, "worker/Language/SourceProof.cs"))).Value).Select(match => match.Groups["name"].Value);

        found.Except(own).Concat(bindings).ShouldBe(Globals(), ignoreOrder: true);
    }

    [Fact]
    public void The_types_of_context_are_those_that_the_supervisor_writes()
    {
        var written = ContextMember().Matches(File.ReadAllText(Path.Combine(RunningProduct.Root, "supervisor/Executions/ContextJson.cs"))).Select(match => match.Groups["name"].Value);

        Body("interface SandboxContext").Concat(Body("interface SandboxLimits")).ShouldBe(written.Append("input"), ignoreOrder: true);
    }

    private static List<string> Globals() => [.. Global().Matches(s_types).Select(match => match.Groups["name"].Value)];

    private static IEnumerable<string> Members(string name) =>
        Constant().Matches(s_types).FirstOrDefault(match => match.Groups["name"].Value == name) is { } constant
            ? Body($"interface {constant.Groups["type"].Value}")
            : Body($"declare class {name}");

    private static IEnumerable<string> Body(string head)
    {
        var start = s_types.IndexOf($"\n{head} ", StringComparison.Ordinal);
        if (start < 0) return [];
        var body = s_types[start..s_types.IndexOf("\n}", start, StringComparison.Ordinal)];
        return Member().Matches(body).Select(match => match.Groups["static"].Value + match.Groups["name"].Value).Where(name => name != "constructor");
    }

    [GeneratedRegex(@"^declare (const|function|class) (?<name>\w+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Global();

    [GeneratedRegex(@"^declare const (?<name>\w+): (?<type>\w+);", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Constant();

    [GeneratedRegex(@"^  (?<static>static )?(readonly )?(?<name>\w+)[<(:]", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Member();

    [GeneratedRegex("s_bindings = .*;", RegexOptions.None, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Bindings();

    [GeneratedRegex("\"(?<name>\\w+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Binding();

    [GeneratedRegex("(Write(String|Number|StartObject|PropertyName)\\(|WriteId\\(json, )\"(?<name>\\w+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex ContextMember();
}
