using System.Xml.Linq;

namespace Sandbox.Tests.Unit.Architecture;

/// <summary>What a project file may refer to.</summary>
/// <param name="References">Every project it may refer to, by file name without ending.</param>
/// <param name="PackagesNever">Beginnings of packages that it must not refer to.</param>
internal sealed record ProjectRule(IReadOnlyList<string> References, IReadOnlyList<string> PackagesNever)
{
    private static readonly string[] Engines = ["Microsoft.ClearScript", "Jint"];
    private static readonly string[] Parsers = ["Acornima"];
    private static readonly string[] Databases = ["Npgsql", "Dapper", "dbup"];
    private static readonly string[] Processes = ["CliWrap"];

    public static IReadOnlyDictionary<string, ProjectRule> All { get; } = new Dictionary<string, ProjectRule>(StringComparer.Ordinal)
    {
        ["protocol/Sandbox.Protocol.csproj"] = new([], [.. Engines, .. Parsers, .. Databases, .. Processes, "Microsoft.AspNetCore"]),
        ["worker/Sandbox.Worker.csproj"] = new(["Sandbox.Protocol"], [.. Databases, .. Processes, "Microsoft.AspNetCore"]),
        ["web/Sandbox.Web.csproj"] = new(["Sandbox.Protocol"], [.. Engines, .. Parsers, .. Databases, .. Processes]),
        ["supervisor/Sandbox.Supervisor.csproj"] = new(["Sandbox.Protocol", "Sandbox.Web"], Engines),
        ["tests/FakeWorker/Sandbox.FakeWorker.csproj"] = new(["Sandbox.Protocol"], [.. Engines, .. Parsers, .. Databases]),
    };

    /// <summary>What breaks the rule, in words.</summary>
    public IReadOnlyList<string> BrokenBy(XDocument project)
    {
        var references = Included(project, "ProjectReference")
            .Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))
            .Except(References, StringComparer.Ordinal)
            .Select(name => $"refers to project {name}");
        var packages = Included(project, "PackageReference")
            .Where(name => PackagesNever.Any(never => name.StartsWith(never, StringComparison.OrdinalIgnoreCase)))
            .Select(name => $"refers to package {name}");
        var frameworks = Included(project, "FrameworkReference")
            .Where(name => PackagesNever.Any(never => name.StartsWith(never, StringComparison.OrdinalIgnoreCase)))
            .Select(name => $"refers to framework {name}");
        return [.. references, .. packages, .. frameworks];
    }

    private static IEnumerable<string> Included(XDocument project, string element) =>
        project.Descendants(element).Select(item => (string?)item.Attribute("Include")).OfType<string>();
}
