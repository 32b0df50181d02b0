using BitFaster.Caching.Lru;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Uses;

/// <summary>
/// The rights in force of versions: those that are declared, else those that the source shows. A version never changes, so each is read once.
/// </summary>
internal sealed class EffectiveUses
{
    private const int VersionsMax = 10_000;

    private readonly ConcurrentLru<Guid, UsesDeclaration> _byVersion = new(VersionsMax);

    /// <summary>Its source need not be read for <see cref="Of(Script)"/>.</summary>
    public bool IsKnown(Script script) => _byVersion.TryGet(script.VersionId, out _);

    /// <summary>Of a script's live version.</summary>
    public UsesDeclaration Of(Script script) =>
        _byVersion.TryGet(script.VersionId, out var known)
            ? known
            : _byVersion.GetOrAdd(script.VersionId, static (_, given) => Read(given.Uses, given.Source), script);

    public static UsesDeclaration Of(ScriptVersion version) => Read(version.Uses, version.Source);

    /// <summary>Declared rights that this version of the product does not accept allow nothing.</summary>
    public static UsesDeclaration Read(RawJson? declared, string source) =>
        declared is { } json ? UsesRules.Read(json).Value ?? UsesDeclaration.None : UsesInference.Of(source).Uses;
}
