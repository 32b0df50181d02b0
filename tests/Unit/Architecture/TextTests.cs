using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Architecture;

public sealed class TextTests
{
    [Fact]
    public void No_file_names_a_package_registry_host() => Broken(TextRule.NoRegistryHosts).ShouldBeEmpty();

    [Fact]
    public void Dapper_is_used_in_stores_alone() => Broken(TextRule.DapperInStores).ShouldBeEmpty();

    [Fact]
    public void Control_group_files_are_named_in_Workers_alone() => Broken(TextRule.CgroupFilesInWorkers).ShouldBeEmpty();

    [Theory]
    [InlineData("worker/package-lock.json", "\"resolved\": \"https://registry.", "npmjs.org/ses\"")]
    [InlineData("README.md", "source https://api.", "nuget.org/v3/index.json")]
    [InlineData("tests/vm/image", "http://deb.", "debian.org/debian")]
    public void A_registry_host_is_noticed(string file, string start, string end) =>
        TextRule.NoRegistryHosts.BrokenBy(file, ["first line", start + end]).ShouldBe([$"{file}:2"]);

    [Fact]
    public void Dapper_outside_a_store_is_noticed_and_inside_is_not()
    {
        string[] lines = ["using Dapper;"];

        TextRule.DapperInStores.BrokenBy("supervisor/Tenants/TenantEndpoints.cs", lines).ShouldBe(["supervisor/Tenants/TenantEndpoints.cs:1"]);
        TextRule.DapperInStores.BrokenBy("supervisor/Tenants/TenantStore.cs", lines).ShouldBeEmpty();
    }

    [Fact]
    public void A_control_group_file_outside_Workers_is_noticed_and_inside_is_not()
    {
        string[] lines = ["File.WriteAllText(\"/sys/fs/cgroup/x/pids.max\", \"64\");"];

        TextRule.CgroupFilesInWorkers.BrokenBy("supervisor/Hosting/StartUp.cs", lines).ShouldBe(["supervisor/Hosting/StartUp.cs:1"]);
        TextRule.CgroupFilesInWorkers.BrokenBy("supervisor/Workers/Cgroup.cs", lines).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("protocol", "Sandbox.Protocol")]
    [InlineData("supervisor", "Sandbox.Supervisor")]
    [InlineData("worker", "Sandbox.Worker")]
    [InlineData("web", "Sandbox.Web")]
    public void A_namespace_is_its_folder_so_that_rules_on_namespaces_hold_for_folders(string room, string root) =>
        Repository.Files(room)
            .Where(file => file.EndsWith(".cs", StringComparison.Ordinal))
            .Where(file => !IsWhereItBelongs(file, root, File.ReadAllText(Path.Combine(Repository.Root, file))))
            .ShouldBeEmpty();

    [Theory]
    [InlineData("supervisor/Workers/Pool.cs", "namespace Sandbox.Supervisor.Workers;", true)]
    [InlineData("supervisor/Workers/Launch/Bwrap.cs", "namespace Sandbox.Supervisor.Workers.Launch;", true)]
    [InlineData("supervisor/Workers/Launch/Bwrap.cs", "namespace Sandbox.Supervisor.Workers;", true)]
    [InlineData("supervisor/Program.cs", "var builder = 1;", true)]
    [InlineData("supervisor/Workers/Pool.cs", "namespace Sandbox.Supervisor.Executions;", false)]
    [InlineData("supervisor/Workers/Pool.cs", "namespace Sandbox.Supervisor;", false)]
    public void A_namespace_away_from_its_folder_is_noticed(string file, string text, bool accepted) =>
        IsWhereItBelongs(file, "Sandbox.Supervisor", text).ShouldBe(accepted);

    /// <summary>The first folder decides, as the rules do; folders further down may share its namespace.</summary>
    private static bool IsWhereItBelongs(string file, string root, string text)
    {
        var declared = Regex.Match(text, @"^namespace\s+(?<name>[\w.]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        if (!declared.Success) return true;

        var folders = file.Split('/')[1..^1];
        var expected = folders.Length == 0 ? root : $"{root}.{folders[0]}";
        var name = declared.Groups["name"].Value;
        return string.Equals(name, expected, StringComparison.Ordinal)
            || (folders.Length > 0 && name.StartsWith(expected + ".", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Broken(TextRule rule) =>
        Repository.Files().Where(rule.Applies).SelectMany(file => rule.BrokenBy(file, File.ReadLines(Path.Combine(Repository.Root, file))));
}
