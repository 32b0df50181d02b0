using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Uses;

/// <summary>Rights that are declared and that the source does not use; without a declaration, places that hand the sdk on.</summary>
internal static class UsesWarnings
{
    public static IEnumerable<string> Of(RawJson? declared, string source)
    {
        if (declared is null) return UsesInference.Of(source).Warnings;
        if (declared is not { } json || UsesRules.Read(json).Value is not { } uses) return [];
        // Where a name is computed, any right may be needed.
        if (UsesInference.Of(source) is not { Unknown.Count: 0 } inferred) return [];
        return uses.All
            .Where(use => !inferred.Uses.All.Any(used => new UsesDeclaration([use]).Allows(used)))
            .Select(use => $"{use.Declaration} is declared, and the source does not use it");
    }
}
