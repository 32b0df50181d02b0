using System.Net;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Egress;

/// <summary>One request of a script, from its first hop to the last byte of the answer: every hop is checked anew.</summary>
internal sealed class HttpExchange(EgressClients clients, EgressBudget budget)
{
    private const int RedirectsMax = 20;
    private const string UserAgent = "Sandbox/1";

    /// <summary>What may not follow to another origin.</summary>
    private static readonly string[] s_ofOrigin = ["authorization", "cookie", "proxy-authorization"];

    private static readonly string[] s_ofBody = ["content-encoding", "content-language", "content-location", "content-type"];

    /// <param name="mayCall">The refusal where the version may not call a host.</param>
    /// <param name="credential">Of the connection; null: none.</param>
    /// <exception cref="CallRefusedException">Whatever kept it from being done.</exception>
    public async Task<HttpAnswer> RunAsync(
        BrokerCall call, OutgoingRequest request, Func<UrlHost, CallRefusedException?> mayCall, IHopCredential? credential, CancellationToken cancellationToken)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(request.Timeout);
        try
        {
            return await FollowAsync(call, request, mayCall, credential, time.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw call.Refused(Codes.HttpTimeout, $"{request.Url.Host} has not answered within {request.Timeout.TotalMilliseconds} ms (timeout)");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or EgressRefusedException or InvalidDataException)
        {
            var failure = EgressFailures.Of(e, request.Url.Host);
            throw call.Refused(failure.Code, failure.Message);
        }
    }

    private async Task<HttpAnswer> FollowAsync(
        BrokerCall call, OutgoingRequest request, Func<UrlHost, CallRefusedException?> mayCall, IHopCredential? credential, CancellationToken cancellationToken)
    {
        var tenant = call.Execution.Request.Tenant;
        var policy = new EgressPolicy(tenant.Id, tenant.Egress);
        var (method, url, body, headers) = (request.Method, request.Url, request.Body, request.Headers);
        for (var hop = 0; ; hop++)
        {
            var host = UrlHost.Parse(url.Host) ?? throw call.Invalid("url has no host that can be called");
            if (mayCall(host) is { } refusal) throw refusal;
            // A connection that stands was checked when it was made; whether this tenant may call this host is asked each time.
            if (policy.Refusal(host, url.Port, EgressPorts.IsWeb) is { } blocked) throw call.Refused(Codes.EgressBlocked, blocked);
            var hopRequest = (Method: method, Url: url, Headers: headers, Body: body);
            using var response = await SendAsync(
                clients.Of(tenant.Id, tenant.UpdatedAt, policy),
                () => Message(call, hopRequest.Method, hopRequest.Url, hopRequest.Headers, hopRequest.Body),
                host,
                credential,
                cancellationToken);
            if (request.Redirect == RedirectMode.Manual || LocationOf(response) is not { } location)
                return await HttpAnswer.ReadAsync(call, request, response, url, isRedirected: hop > 0, budget, cancellationToken);
            if (request.Redirect == RedirectMode.Error) throw call.Refused(Codes.HttpError, $"{url.Host} redirects, and redirect is 'error'");
            if (hop == RedirectsMax) throw call.Refused(Codes.HttpError, $"more than {RedirectsMax} redirects");

            var next = OutgoingRequest.UrlOf(call, location, url);
            if (response.StatusCode == HttpStatusCode.SeeOther ? method != HttpMethod.Head : method == HttpMethod.Post && (int)response.StatusCode is 301 or 302)
            {
                (method, body) = (HttpMethod.Get, null);
                headers = Without(headers, s_ofBody);
            }

            if (next.Scheme != url.Scheme || next.Host != url.Host || next.Port != url.Port) headers = Without(headers, s_ofOrigin);
            url = next;
        }
    }

    /// <summary>Sends a hop's request; once more where its credential is renewed.</summary>
    private static async Task<HttpResponseMessage> SendAsync(
        HttpMessageInvoker client, Func<HttpRequestMessage> make, UrlHost host, IHopCredential? credential, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var message = make();
            if (credential is not null) await credential.ApplyAsync(message, host, cancellationToken);
            var response = await client.SendAsync(message, cancellationToken);
            if (response.StatusCode != HttpStatusCode.Unauthorized || credential?.TryRenew() is not true) return response;
            response.Dispose();
        }
    }

    private static HttpRequestMessage Message(BrokerCall call, HttpMethod method, Uri url, IReadOnlyList<KeyValuePair<string, string>> headers, byte[]? body)
    {
        var message = new HttpRequestMessage(method, url) { Version = HttpVersion.Version11 };
        if (body is not null) message.Content = new ByteArrayContent(body);
        foreach (var (name, value) in headers)
            if (!message.Headers.TryAddWithoutValidation(name, value)) message.Content?.Headers.TryAddWithoutValidation(name, value);
        if (!message.Headers.Contains("User-Agent")) message.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        if (call.Execution.Request.TraceParent is { } parent && !message.Headers.Contains("traceparent"))
            message.Headers.TryAddWithoutValidation("traceparent", parent.Child());
        return message;
    }

    private static string? LocationOf(HttpResponseMessage response) =>
        (int)response.StatusCode is 301 or 302 or 303 or 307 or 308 && response.Headers.NonValidated.TryGetValues("Location", out var values) ? values.ToString() : null;

    private static List<KeyValuePair<string, string>> Without(IReadOnlyList<KeyValuePair<string, string>> headers, string[] names) =>
        [.. headers.Where(header => !names.Contains(header.Key, StringComparer.OrdinalIgnoreCase))];
}
