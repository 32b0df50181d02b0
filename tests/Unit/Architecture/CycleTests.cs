using NetArchTest.Rules;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Architecture;

/// <summary>The folders of the supervisor build on each other in one direction only.</summary>
public sealed class CycleTests
{
    private const string Root = "Sandbox.Supervisor";

    [Fact(Timeout = 120_000)]
    public Task The_supervisors_folders_have_no_cycle() => Task.Run(() =>
    {
        // Read once: reading it takes longer than looking for a dependency.
        var assembly = Types.FromFile(Repository.Assembly("supervisor", "Sandbox.Supervisor.dll"));
        var folders = Directory.GetDirectories(Path.Combine(Repository.Root, "supervisor")).Select(path => Path.GetFileName(path)!)
            .Where(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, "supervisor", folder), "*.cs", SearchOption.AllDirectories).Any() && folder is not ("obj" or "bin"))
            .ToArray();
        var uses = folders.ToDictionary(folder => folder, folder => folders.Where(other => other != folder && Uses(assembly, folder, other)).ToArray(), StringComparer.Ordinal);

        Cycle(uses).ShouldBeEmpty();
    }, TestContext.Current.CancellationToken);

    [Fact]
    public void A_cycle_is_noticed_and_its_folders_are_named()
    {
        Cycle(new Dictionary<string, string[]>(StringComparer.Ordinal) { ["A"] = ["B"], ["B"] = ["C"], ["C"] = ["A"], ["D"] = ["A"] }).ShouldBe(["A", "B", "C"]);
        Cycle(new Dictionary<string, string[]>(StringComparer.Ordinal) { ["A"] = ["B", "C"], ["B"] = ["C"], ["C"] = [] }).ShouldBeEmpty();
    }

    private static bool Uses(Types assembly, string folder, string other) =>
        !assembly.That().ResideInNamespace($"{Root}.{folder}").ShouldNot().HaveDependencyOn($"{Root}.{other}").GetResult().IsSuccessful;

    /// <summary>What is left once every folder that uses no other, and then every one that uses only such, is taken away, and what merely uses a cycle as well.</summary>
    private static IReadOnlyList<string> Cycle(IReadOnlyDictionary<string, string[]> uses)
    {
        var left = uses.Keys.ToHashSet(StringComparer.Ordinal);
        while (left.FirstOrDefault(folder => !uses[folder].Any(left.Contains) || !left.Any(other => uses[other].Contains(folder))) is { } free) left.Remove(free);
        return [.. left.Order(StringComparer.Ordinal)];
    }
}
