using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Uses;

/// <summary>What a source uses by literal names, and where it uses more than can be read from it.</summary>
internal sealed record InferredUses(UsesDeclaration Uses, IReadOnlyList<UnknownUse> Unknown)
{
    /// <summary>The errors of a script that declares nothing.</summary>
    public IEnumerable<FieldError> Errors => Unknown.Select(place => new FieldError("uses", place.Message, place.Line, place.Column));
}
