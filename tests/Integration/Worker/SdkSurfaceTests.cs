using System.Text.Json;
using System.Text.RegularExpressions;
using Sandbox.Supervisor.Broker;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Worker;

/// <summary>What a script finds, what its types say, what the supervisor carries out and what the documentation lists are the same.</summary>
public sealed partial class SdkSurfaceTests(WorkerFixture fixture) : IClassFixture<WorkerFixture>
{
    private const string Walk = """
        const names = [];
        for (const part of Object.keys(sdk)) {
          if (typeof sdk[part] === 'function') names.push(part);
          else for (const method of Object.keys(sdk[part])) names.push(`${part}.${method}`);
        }
        return names.sort();
        """;

    [Fact(Timeout = 60_000)]
    public async Task The_types_name_what_is_there_and_nothing_else()
    {
        var found = JsonSerializer.Deserialize<string[]>((await fixture.Worker.OutputAsync(Walk))!)!;

        Typed().ShouldBe(found, ignoreOrder: true);
    }

    [Fact]
    public void Each_call_of_the_scripts_side_is_a_capability_and_the_other_way_round()
    {
        var runtime = Path.Combine(RunningProduct.Root, "worker/runtime");
        var called = Directory.GetFiles(runtime, "*.js", SearchOption.AllDirectories)
            .SelectMany(file => Called().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["name"].Value).Distinct();

        called.ShouldBe(Capabilities().Select(capability => capability.Name), ignoreOrder: true);
    }

    [Fact]
    public void The_documentation_lists_each_capability_with_its_rate_and_whether_it_changes_something()
    {
        var rows = Documented().Matches(File.ReadAllText(Path.Combine(RunningProduct.Root, "docs/sdk.md")))
            .Select(match => (match.Groups["name"].Value, match.Groups["rate"].Value, match.Groups["changes"].Value));

        rows.ShouldBe(Capabilities().Select(capability => (capability.Name, capability.Group.ToString().ToLowerInvariant(), capability.Changes ? "yes" : "no")), ignoreOrder: true);
    }

    /// <summary>Their constructors only keep what they are given: none of it is needed to say what they are.</summary>
    private static List<ICapability> Capabilities() =>
    [
        .. typeof(ICapability).Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(ICapability)))
            .Select(type => type.GetConstructors().Single())
            .Select(constructor => (ICapability)constructor.Invoke(new object?[constructor.GetParameters().Length])),
    ];

    /// <summary>Members of the interface <c>Sdk</c>, and of the interfaces that its properties have.</summary>
    private static List<string> Typed()
    {
        var text = File.ReadAllText(Path.Combine(RunningProduct.Root, "worker/runtime/sandbox.d.ts"));
        var interfaces = Interface().Matches(text).ToDictionary(match => match.Groups["name"].Value, StringComparer.Ordinal);
        var names = Members(interfaces, "Sdk").ToList();
        foreach (Match part in Property().Matches(interfaces["Sdk"].Groups["body"].Value))
            names.AddRange(Members(interfaces, part.Groups["type"].Value).Select(method => $"{part.Groups["name"].Value}.{method}"));
        return names;
    }

    private static IEnumerable<string> Members(Dictionary<string, Match> interfaces, string name)
    {
        var found = interfaces[name];
        var own = Method().Matches(found.Groups["body"].Value).Select(match => match.Groups["name"].Value).Distinct();
        return found.Groups["parent"].Success ? own.Concat(Members(interfaces, found.Groups["parent"].Value)) : own;
    }

    [GeneratedRegex(@"call\((state, )?'(?<name>[a-zA-Z.]+)'", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Called();

    [GeneratedRegex(@"^\| `(?<name>[a-zA-Z.]+)` \| (?<rate>[a-z]+) \| (?<changes>yes|no) \|", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Documented();

    [GeneratedRegex(@"^interface (?<name>\w+)( extends (?<parent>Sandbox\w+))? \{\n(?<body>.*?)^\}", RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Interface();

    [GeneratedRegex(@"^  readonly (?<name>\w+): (?<type>\w+);", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Property();

    [GeneratedRegex(@"^  (?<name>\w+)[<(]", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Method();
}
