using System.Xml.Linq;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Architecture;

public sealed class ProjectTests
{
    public static TheoryData<string> Projects => [.. ProjectRule.All.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Projects_refer_only_to_what_the_architecture_allows(string project) =>
        ProjectRule.All[project].BrokenBy(XDocument.Load(Path.Combine(Repository.Root, project))).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_reference_to_the_tests_is_noticed_in_every_project(string project)
    {
        var document = XDocument.Load(Path.Combine(Repository.Root, project));
        document.Root!.Add(new XElement("ItemGroup", new XElement("ProjectReference", new XAttribute("Include", "..\\tests\\Sandbox.Tests.csproj"))));

        ProjectRule.All[project].BrokenBy(document).ShouldBe(["refers to project Sandbox.Tests"]);
    }

    [Theory]
    [InlineData("worker/Sandbox.Worker.csproj", "PackageReference", "Npgsql", "refers to package Npgsql")]
    [InlineData("worker/Sandbox.Worker.csproj", "FrameworkReference", "Microsoft.AspNetCore.App", "refers to framework Microsoft.AspNetCore.App")]
    [InlineData("web/Sandbox.Web.csproj", "PackageReference", "Dapper", "refers to package Dapper")]
    [InlineData("supervisor/Sandbox.Supervisor.csproj", "PackageReference", "Microsoft.ClearScript.V8", "refers to package Microsoft.ClearScript.V8")]
    [InlineData("protocol/Sandbox.Protocol.csproj", "PackageReference", "CliWrap", "refers to package CliWrap")]
    public void A_package_from_another_room_is_noticed(string project, string element, string name, string expected)
    {
        var document = XDocument.Load(Path.Combine(Repository.Root, project));
        document.Root!.Add(new XElement("ItemGroup", new XElement(element, new XAttribute("Include", name))));

        ProjectRule.All[project].BrokenBy(document).ShouldBe([expected]);
    }

    [Fact]
    public void Every_project_of_a_room_has_a_rule()
    {
        var rooms = Repository.Files()
            .Where(file => file.EndsWith(".csproj", StringComparison.Ordinal))
            .Where(file => !string.Equals(file, "tests/Sandbox.Tests.csproj", StringComparison.Ordinal)
                && !file.StartsWith("tests/bench/", StringComparison.Ordinal)
                && !file.StartsWith("tests/wpt/", StringComparison.Ordinal));

        rooms.ShouldBe(ProjectRule.All.Keys, ignoreOrder: true);
    }
}
