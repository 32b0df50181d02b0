using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Uses;

/// <summary>What a source uses by literal names, and where it uses more than can be read from it.</summary>
internal sealed record InferredUses(UsesDeclaration Uses, IReadOnlyList<UnknownUse> Unknown)
{
    /// <summary>The errors of a script that declares nothing.</summary>
    public IEnumerable<FieldError> Errors => Unknown.Where(place => place.MustBeDeclared).Select(place => new FieldError("uses", place.Message, place.Line, place.Column));

    /// <summary>The warnings of a script that declares nothing.</summary>
    public IEnumerable<string> Warnings => Unknown.Where(place => !place.MustBeDeclared).Select(place => $"line {place.Line}: {place.Message}");
}
