using System.Globalization;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Egress;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Secrets;

namespace Sandbox.Supervisor.Connections;

/// <summary>What a connection may be.</summary>
internal static class ConnectionRules
{
    private const string NotPlain = "must not hold control characters or lone surrogates";
    private const int HostsMax = 50;
    private const int HostCharactersMax = 300;
    private const int TextMax = 1_000;

    /// <summary>Characters of a secret: two of them in two spellings fit one execution's mask.</summary>
    private const int SecretMax = 8_192;

    /// <summary>The connection and its secret, or every field that is not acceptable.</summary>
    public static Result<(Connection Connection, string Secret)> Read(string name, ConnectionWrite write)
    {
        var errors = new List<FieldError>();
        if (SecretRules.NameError(name) is { } error) errors.Add(error);
        var hosts = Hosts(write.Hosts, errors);
        if (write.Type is not { } type)
        {
            errors.Add(new FieldError("type", "must be one of header, basic, query, oauth2"));
            return Problem.Invalid([.. errors]);
        }

        foreach (var (field, value) in Given(write))
            if (value && Array.IndexOf(FieldsOf(type), field) < 0)
                errors.Add(new FieldError(field, $"is no field of this type; they are type, hosts, {string.Join(", ", FieldsOf(type))}"));
        var secret = type switch
        {
            ConnectionType.Header => Header(write, errors),
            ConnectionType.Basic => Basic(write, errors),
            ConnectionType.Query => Query(write, errors),
            ConnectionType.OAuth2 => OAuth2(write, errors),
            _ => throw new InvalidOperationException(type.ToString()),
        };
        if (errors.Count > 0) return Problem.Invalid([.. errors]);
        var connection = new Connection
        {
            Name = name,
            Type = type,
            Hosts = hosts,
            Header = write.Header,
            Username = write.Username,
            Parameter = write.Parameter,
            TokenUrl = write.TokenUrl,
            ClientId = write.ClientId,
            Scope = write.Scope,
            Audience = write.Audience,
            Auth = type == ConnectionType.OAuth2 ? write.Auth ?? ConnectionAuth.Basic : null,
        };
        return (connection, secret!);
    }

    /// <summary>The name of the field that holds the secret.</summary>
    public static string SecretField(ConnectionType type) => type switch
    {
        ConnectionType.Header or ConnectionType.Query => "value",
        ConnectionType.Basic => "password",
        ConnectionType.OAuth2 => "client_secret",
        _ => throw new InvalidOperationException(type.ToString()),
    };

    private static string[] FieldsOf(ConnectionType type) => type switch
    {
        ConnectionType.Header => ["header", "value"],
        ConnectionType.Basic => ["username", "password"],
        ConnectionType.Query => ["parameter", "value"],
        ConnectionType.OAuth2 => ["token_url", "client_id", "client_secret", "scope", "audience", "auth"],
        _ => throw new InvalidOperationException(type.ToString()),
    };

    private static IEnumerable<(string Field, bool IsGiven)> Given(ConnectionWrite write) =>
    [
        ("header", write.Header is not null),
        ("value", write.Value is not null),
        ("username", write.Username is not null),
        ("password", write.Password is not null),
        ("parameter", write.Parameter is not null),
        ("token_url", write.TokenUrl is not null),
        ("client_id", write.ClientId is not null),
        ("client_secret", write.ClientSecret is not null),
        ("scope", write.Scope is not null),
        ("audience", write.Audience is not null),
        ("auth", write.Auth is not null),
    ];

    private static string[] Hosts(IReadOnlyList<string>? given, List<FieldError> errors)
    {
        if (given is null || given.Count is 0 or > HostsMax)
        {
            errors.Add(new FieldError(
                "hosts",
                $"must be a list of 1 to {HostsMax} hosts, such as api.example.com, *.example.com or api.example.com:8443"));
            return [];
        }

        var hosts = new List<string>();
        for (var i = 0; i < given.Count; i++)
        {
            if (given[i].Length <= HostCharactersMax && HostPattern.Parse(given[i]) is { } pattern) hosts.Add(pattern.ToString());
            else errors.Add(new FieldError(
                string.Create(CultureInfo.InvariantCulture, $"hosts[{i}]"),
                "must be a host such as api.example.com, *.example.com or api.example.com:8443, without https://"));
        }

        return [.. hosts.Distinct(StringComparer.Ordinal)];
    }

    private static string? Header(ConnectionWrite write, List<FieldError> errors)
    {
        if (write.Header is null || !HeaderText.IsName(write.Header))
            errors.Add(new FieldError("header", "must be the name of a header, such as X-Api-Key"));
        else if (HeaderText.IsPlatforms(write.Header))
            errors.Add(new FieldError("header", $"must not be {write.Header}, which the platform writes itself"));
        return Secret("value", write.Value, errors, value => HeaderText.IsValue(value) && value.Trim().Length == value.Length
            ? null
            : "has characters that a header cannot hold, or begins or ends with a space");
    }

    private static string? Basic(ConnectionWrite write, List<FieldError> errors)
    {
        if (write.Username is null || write.Username.Length > TextMax || write.Username.Contains(':') || !IsPlain(write.Username))
            errors.Add(new FieldError(
                "username",
                $"must be a string of at most {TextMax} characters without colons or control characters; it may be empty"));
        return Secret("password", write.Password, errors, password => IsPlain(password) ? null : NotPlain);
    }

    private static string? Query(ConnectionWrite write, List<FieldError> errors)
    {
        Needed("parameter", write.Parameter, errors);
        return Secret("value", write.Value, errors, value => IsPlain(value) ? null : NotPlain);
    }

    private static string? OAuth2(ConnectionWrite write, List<FieldError> errors)
    {
        if (!IsTokenUrl(write.TokenUrl))
            errors.Add(new FieldError("token_url", "must be a URL that begins with https:// and has no user, password or fragment"));
        Needed("client_id", write.ClientId, errors);
        if (write.Scope is not null) Needed("scope", write.Scope, errors);
        if (write.Audience is not null) Needed("audience", write.Audience, errors);
        return Secret("client_secret", write.ClientSecret, errors, secret => IsPlain(secret) ? null : NotPlain);
    }

    private static bool IsTokenUrl(string? text) =>
        text is { Length: <= 2_000 } && IsPlain(text) && Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme == Uri.UriSchemeHttps
        && url.UserInfo.Length == 0 && url.Fragment.Length == 0 && UrlHost.Parse(url.Host) is not null;

    private static void Needed(string field, string? value, List<FieldError> errors)
    {
        if (string.IsNullOrEmpty(value) || value.Length > TextMax || !IsPlain(value))
            errors.Add(new FieldError(field, $"must be a string of 1 to {TextMax} characters without control characters"));
    }

    private static string? Secret(string field, string? value, List<FieldError> errors, Func<string, string?> complain)
    {
        var complaint = string.IsNullOrEmpty(value) || value.Length > SecretMax
            ? $"must be a string of 1 to {SecretMax} characters; it is given with each write, for it is never read back"
            : complain(value);
        if (complaint is not null) errors.Add(new FieldError(field, complaint));
        return value;
    }

    private static bool IsPlain(string text) => !text.Any(char.IsControl) && !Rest.Text.HasLoneSurrogate(text);
}
