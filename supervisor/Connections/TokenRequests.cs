using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Egress;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Connections;

/// <summary>Asks token URLs for tokens, by client credentials (RFC 6749, 4.4), through the one checked way out.</summary>
internal sealed class TokenRequests(EgressClients clients, TimeProvider time)
{
    private const int AnswerBytesMax = 64 * 1024;
    private const int TokenCharactersMax = 16 * 1024;
    private const int LifeDefaultSeconds = 300;
    private const int LifeMaxSeconds = 86_400;
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    /// <summary>RFC 6749, 5.2: the words of a server that are passed on; any other might hold what it was sent.</summary>
    private static readonly string[] s_errors =
        ["invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope"];

    /// <summary>The token, and how long it lives from now on.</summary>
    /// <exception cref="EgressRefusedException">There is none; it names the token URL's host.</exception>
    public async Task<(string Token, TimeSpan Life)> SendAsync(OpenConnection open, Tenant tenant)
    {
        var url = new Uri(open.Connection.TokenUrl!);
        var host = UrlHost.Parse(url.Host) ?? throw Failed(open, url.Host, "is no host that can be called");
        url = new UriBuilder(url) { Host = host.InUrl }.Uri;
        using var timeout = new CancellationTokenSource(s_timeout, time);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Version = HttpVersion.Version11, Content = Form(open) };
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            if (open.Connection.Auth == ConnectionAuth.Basic)
                request.Headers.TryAddWithoutValidation("Authorization", $"Basic {BasicText(open)}");
            var client = clients.Of(tenant.Id, tenant.UpdatedAt, new EgressPolicy(tenant.Id, tenant.Egress));
            using var response = await client.SendAsync(request, timeout.Token);
            return Read(open, host.Name, (int)response.StatusCode, await BytesAsync(open, host.Name, response, timeout.Token));
        }
        catch (OperationCanceledException)
        {
            throw Failed(open, host.Name, $"has not answered within {s_timeout.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            var failure = EgressFailures.Of(e, host.Name);
            throw new EgressRefusedException(
                failure.Code == Codes.ResponseTooLarge ? Codes.HttpError : failure.Code,
                $"no token for the connection '{open.Connection.Name}': {failure.Message}");
        }
    }

    private static FormUrlEncodedContent Form(OpenConnection open)
    {
        var connection = open.Connection;
        var fields = new List<KeyValuePair<string, string>> { KeyValuePair.Create("grant_type", "client_credentials") };
        if (connection.Scope is { } scope) fields.Add(KeyValuePair.Create("scope", scope));
        if (connection.Audience is { } audience) fields.Add(KeyValuePair.Create("audience", audience));
        if (connection.Auth == ConnectionAuth.Body)
        {
            fields.Add(KeyValuePair.Create("client_id", connection.ClientId!));
            fields.Add(KeyValuePair.Create("client_secret", open.Secret));
        }

        return new FormUrlEncodedContent(fields);
    }

    /// <summary>RFC 6749, 2.3.1: both are encoded as in a form first.</summary>
    private static string BasicText(OpenConnection open) => Convert.ToBase64String(
        Encoding.ASCII.GetBytes($"{WebUtility.UrlEncode(open.Connection.ClientId)}:{WebUtility.UrlEncode(open.Secret)}"));

    private static async Task<byte[]> BytesAsync(
        OpenConnection open, string host, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[AnswerBytesMax + 1];
        var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return read <= AnswerBytesMax ? buffer[..read] : throw Failed(open, host, $"answered with more than {AnswerBytesMax / 1024} KB");
    }

    private static (string Token, TimeSpan Life) Read(OpenConnection open, string host, int status, byte[] answer)
    {
        JsonElement json = default;
        try
        {
            using var document = JsonDocument.Parse(answer);
            if (document.RootElement.ValueKind == JsonValueKind.Object) json = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // Told apart below, by the status first.
        }

        if (status != 200)
        {
            var error = TextOf(json, "error") is { } given && s_errors.Contains(given) ? $" ({given})" : "";
            throw Failed(
                open,
                host,
                string.Create(CultureInfo.InvariantCulture, $"answered {status}{error}; check token_url, client_id and client_secret"));
        }

        if (TextOf(json, "token_type") is { } type && !type.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
            throw Failed(open, host, "gave a token that is no bearer token");
        if (TextOf(json, "access_token") is not { Length: > 0 and <= TokenCharactersMax } token
            || token.Contains(' ') || !HeaderText.IsValue(token))
            throw Failed(open, host, "answered without an access_token that can be sent");
        return (token, TimeSpan.FromSeconds(LifeSeconds(json)));
    }

    private static double LifeSeconds(JsonElement json)
    {
        if (json.TryGetProperty("expires_in", out var given)
            && double.TryParse(given.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            && double.IsFinite(seconds))
            return Math.Clamp(seconds, 0, LifeMaxSeconds);
        return LifeDefaultSeconds;
    }

    private static string? TextOf(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? JsonText.Read(value.GetRawText())
            : null;

    private static EgressRefusedException Failed(OpenConnection open, string host, string what) =>
        new(Codes.HttpError, $"no token for the connection '{open.Connection.Name}': {host} {what}");
}
