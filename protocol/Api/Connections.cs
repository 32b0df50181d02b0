using System.Text.Json.Serialization;

namespace Sandbox.Protocol.Api;

/// <summary>How a connection's credential is added to a request.</summary>
public enum ConnectionType
{
    /// <summary>A header with a secret value.</summary>
    [JsonStringEnumMemberName("header")] Header,

    /// <summary><c>Authorization: Basic</c> (RFC 7617).</summary>
    [JsonStringEnumMemberName("basic")] Basic,

    /// <summary>A parameter of the URL's query with a secret value.</summary>
    [JsonStringEnumMemberName("query")] Query,

    /// <summary>A bearer token by client credentials (RFC 6749, 4.4).</summary>
    [JsonStringEnumMemberName("oauth2")] OAuth2,
}

/// <summary>How an OAuth client shows its credentials to the token URL (RFC 6749, 2.3.1).</summary>
public enum ConnectionAuth
{
    /// <summary>In <c>Authorization: Basic</c>.</summary>
    [JsonStringEnumMemberName("basic")] Basic,

    /// <summary>As <c>client_id</c> and <c>client_secret</c> in the form.</summary>
    [JsonStringEnumMemberName("body")] Body,
}

/// <summary>A connection of a tenant, without its secret. Fields that its type does not have are null.</summary>
public sealed record Connection
{
    /// <summary><c>[a-z][a-z0-9_-]{0,99}</c>.</summary>
    public required string Name { get; init; }

    public required ConnectionType Type { get; init; }

    /// <summary>Given the credential: <c>api.example.com</c>, <c>*.example.com</c>, each with or without <c>:port</c>.</summary>
    public required IReadOnlyList<string> Hosts { get; init; }

    /// <summary>Of <see cref="ConnectionType.Header"/>: the header's name.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Header { get; init; }

    /// <summary>Of <see cref="ConnectionType.Basic"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Username { get; init; }

    /// <summary>Of <see cref="ConnectionType.Query"/>: the parameter's name.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Parameter { get; init; }

    /// <summary>Of <see cref="ConnectionType.OAuth2"/>: where tokens are got; https.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TokenUrl { get; init; }

    /// <summary>Of <see cref="ConnectionType.OAuth2"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ClientId { get; init; }

    /// <summary>Of <see cref="ConnectionType.OAuth2"/>; null: none is asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Scope { get; init; }

    /// <summary>Of <see cref="ConnectionType.OAuth2"/>; null: none is named.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Audience { get; init; }

    /// <summary>Of <see cref="ConnectionType.OAuth2"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ConnectionAuth? Auth { get; init; }

    /// <summary>When there was first a connection of this name.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last written.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>What its writer should know of it; null where it is read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Warnings { get; init; }
}

/// <summary>Fields of a connection as they are written, its secret among them. No record: those write out what they hold.</summary>
public sealed class ConnectionWrite
{
    public ConnectionType? Type { get; init; }
    public IReadOnlyList<string>? Hosts { get; init; }
    public string? Header { get; init; }

    /// <summary>The secret of <see cref="ConnectionType.Header"/> and <see cref="ConnectionType.Query"/>.</summary>
    public string? Value { get; init; }

    public string? Username { get; init; }

    /// <summary>The secret of <see cref="ConnectionType.Basic"/>.</summary>
    public string? Password { get; init; }

    public string? Parameter { get; init; }
    public string? TokenUrl { get; init; }
    public string? ClientId { get; init; }

    /// <summary>The secret of <see cref="ConnectionType.OAuth2"/>.</summary>
    public string? ClientSecret { get; init; }

    public string? Scope { get; init; }
    public string? Audience { get; init; }

    /// <summary>Null: <see cref="ConnectionAuth.Basic"/>.</summary>
    public ConnectionAuth? Auth { get; init; }
}

/// <summary>A connection that was written.</summary>
/// <param name="Connection">As it is now.</param>
/// <param name="IsNew">There was none of this name.</param>
public sealed record ConnectionWritten(Connection Connection, bool IsNew);

/// <summary>The connections of a tenant. Every call asks for <see cref="Permissions.SecretsManage"/>; none gives a secret back.</summary>
public interface IConnections
{
    /// <summary>By name.</summary>
    Task<Result<Page<Connection>>> ListAsync(Principal principal, PageRequest page, CancellationToken cancellationToken);

    /// <summary>404 where there is none.</summary>
    Task<Result<Connection>> GetAsync(Principal principal, string name, CancellationToken cancellationToken);

    /// <summary>Makes the connection or replaces all of it, its secret included: an unknown one is never pointed elsewhere.</summary>
    Task<Result<ConnectionWritten>> PutAsync(Principal principal, string name, ConnectionWrite write, CancellationToken cancellationToken);

    /// <summary>404 where there is none.</summary>
    Task<Result<bool>> DeleteAsync(Principal principal, string name, CancellationToken cancellationToken);
}
