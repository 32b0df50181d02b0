using NetArchTest.Rules;

namespace Sandbox.Tests.Unit.Architecture;

/// <summary>Types of one assembly that must never use others; an entry of "Never" in the architecture.</summary>
/// <param name="Room">Folder of the project.</param>
/// <param name="AssemblyName">What it builds.</param>
/// <param name="Within">Namespace the rule is about.</param>
/// <param name="Never">Namespaces.</param>
internal sealed record DependencyRule(string Room, string AssemblyName, string Within, params string[] Never)
{
    /// <summary>Full names of single types that must not be used either.</summary>
    public IReadOnlyList<string> NeverTypes { get; init; } = [];

    /// <summary>Beginnings of full names of types inside <see cref="Within"/> that may.</summary>
    public IReadOnlyList<string> ExceptNamesBeginning { get; init; } = [];

    /// <summary>Ending of the names of types that may.</summary>
    public string? ExceptNamesEnding { get; init; }

    /// <summary>Full names of the types in the assembly that break the rule.</summary>
    public IReadOnlyList<string> BrokenBy(string assemblyPath)
    {
        // Names, not types: those of the worker could not be loaded here, and need not be.
        var result = Types.FromFile(assemblyPath)
            .That().ResideInNamespace(Within)
            .ShouldNot().HaveDependencyOnAny([.. Never, .. NeverTypes])
            .GetResult();
        var broken = (result.FailingTypeNames ?? []).Where(name => !IsExcepted(name));
        return [.. broken.Order(StringComparer.Ordinal)];
    }

    private bool IsExcepted(string type)
    {
        // A nested or compiler-made type (Outer/Inner, Outer+Inner) is judged by its outermost one.
        var outermost = type.Split('/', '+')[0];
        return (ExceptNamesEnding is not null && outermost.EndsWith(ExceptNamesEnding, StringComparison.Ordinal))
            || ExceptNamesBeginning.Any(allowed => outermost.StartsWith(allowed, StringComparison.Ordinal));
    }
}
