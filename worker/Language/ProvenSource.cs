using Sandbox.Protocol.Rpc;

namespace Sandbox.Worker.Language;

/// <summary>A source that V8 was asked about.</summary>
/// <param name="Wrapped">The program to compile: an expression that is a function of the bindings; null where the source is refused.</param>
/// <param name="IsModule">Its function answers with the default export in an array, instead of running the body to its end.</param>
/// <param name="Errors">Why it is refused.</param>
internal sealed record ProvenSource(string? Wrapped, bool IsModule, IReadOnlyList<SourceError> Errors)
{
    public static ProvenSource Refused(SourceError error, bool isModule) => new(null, isModule, [error]);
}
