using System.Text.Json.Serialization;

namespace Sandbox.Protocol.Api;

/// <summary>What stands behind a <see cref="Principal"/>.</summary>
public enum PrincipalKind
{
    /// <summary>A bearer token.</summary>
    [JsonStringEnumMemberName("token")] Token,

    /// <summary>A person with an account.</summary>
    [JsonStringEnumMemberName("member")] Member,

    /// <summary>The product itself.</summary>
    [JsonStringEnumMemberName("system")] System,
}
