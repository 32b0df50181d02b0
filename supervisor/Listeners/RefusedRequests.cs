using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Listeners;

/// <summary>
/// Answers with problem+json what Kestrel refuses before any middleware runs: bad targets, long lines, bad headers. Kestrel's own answer is empty; it
/// announces it just before by an event
/// (https://learn.microsoft.com/aspnet/core/fundamentals/servers/kestrel/diagnostics), which is where ours takes its place.
/// </summary>
internal sealed class RefusedRequests : IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";
    private readonly TimeProvider _time;
    private readonly IDisposable _subscription;

    public RefusedRequests(DiagnosticListener events, TimeProvider time)
    {
        _time = time;
        _subscription = events.Subscribe(this, name => name == BadRequest);
    }

    /// <summary>Called for each refused request of the endpoints listener, with its code.</summary>
    public Action<string>? OnEndpoints { get; set; }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        // An answer that has begun cannot be replaced; Kestrel cuts the connection.
        if (value.Key != BadRequest || value.Value is not IFeatureCollection request || request.Get<IHttpResponseFeature>() is not { HasStarted: false }) return;
        if (request.Get<IBadRequestExceptionFeature>()?.Error is not BadHttpRequestException error || request.Get<RefusablePipe>() is not { } pipe) return;

        var problem = Problems.Of(error);
        var body = Problems.Bytes(problem).Span;
        var head = $"HTTP/1.1 {problem.Status} {ReasonPhrases.GetReasonPhrase(problem.Status)}\r\n"
            + $"Date: {_time.GetUtcNow().ToString("R", CultureInfo.InvariantCulture)}\r\n"
            + $"Content-Type: application/problem+json\r\nContent-Length: {body.Length}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n";
        var bodyless = request.Get<IHttpRequestFeature>()?.Method is { } method && HttpMethods.IsHead(method);
        pipe.Refuse(Encoding.ASCII.GetBytes(head), bodyless ? [] : body);
        if (request.Get<ListenerFeature>()?.Listener == Listener.Endpoints) OnEndpoints?.Invoke(problem.Code);
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose() => _subscription.Dispose();
}
