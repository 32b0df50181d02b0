namespace Sandbox.Protocol.Api;

/// <summary>
/// The fields of a change. One that is absent stays as it is; one that is given as null goes back to its default (none, where that is the default), which a
/// property that is null cannot tell apart.
/// </summary>
public interface IPartialWrite
{
    /// <summary>Fields given as null, those of an inner object by a dot: <c>title</c>, <c>limits.calls</c>.</summary>
    IReadOnlySet<string> Nulls { get; set; }
}
