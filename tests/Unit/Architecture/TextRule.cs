using System.Text.RegularExpressions;

namespace Sandbox.Tests.Unit.Architecture;

/// <summary>What must not stand in a file's text.</summary>
/// <param name="Applies">Which files, by path relative to the root.</param>
/// <param name="Forbidden">What must not be in them.</param>
internal sealed partial record TextRule(Func<string, bool> Applies, Regex Forbidden)
{
    /// <summary>Lock files and sources name packages, never where a machine gets them: that is the machine's own setting.</summary>
    public static TextRule NoRegistryHosts { get; } = new(IsText, RegistryHost());

    /// <summary>A second, textual guard: the rule on types does not see a file of global usings or SQL helpers by extension.</summary>
    public static TextRule DapperInStores { get; } = new(
        file => IsIn(file, "supervisor/") && IsSource(file) && !IsIn(file, "supervisor/Database/") && !file.EndsWith("Store.cs", StringComparison.Ordinal),
        UsingDapper());

    /// <summary>Control groups are files: no type gives their use away.</summary>
    public static TextRule CgroupFilesInWorkers { get; } = new(
        file => IsIn(file, "supervisor/") && IsSource(file) && !IsIn(file, "supervisor/Workers/"),
        CgroupPath());

    /// <summary>"file:line" of each place that breaks the rule.</summary>
    public IEnumerable<string> BrokenBy(string file, IEnumerable<string> lines) => Applies(file)
        ? lines.Select((text, index) => (text, index)).Where(line => Forbidden.IsMatch(line.text)).Select(line => $"{file}:{line.index + 1}")
        : [];

    private static bool IsIn(string file, string folder) => file.StartsWith(folder, StringComparison.Ordinal);

    private static bool IsSource(string file) => file.EndsWith(".cs", StringComparison.Ordinal);

    private static bool IsText(string file) =>
        Path.GetExtension(file) is not (".png" or ".ico" or ".woff2" or ".br" or ".gz" or ".dll" or ".so");

    // Written so that this file does not match itself.
    [GeneratedRegex(@"registry[.]npmjs|api[.]nuget|(?:www|globalcdn)[.]nuget|deb[.]debian|security[.]debian|registry[.]yarnpkg", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex RegistryHost();

    [GeneratedRegex(@"\busing\s+(?:static\s+)?Dapper\b", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex UsingDapper();

    [GeneratedRegex(@"/sys/fs/cgroup|cgroup\.(?:procs|kill|controllers|subtree_control)|memory\.max\b", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex CgroupPath();
}
