using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Events;

/// <summary><c>/api/v1/events</c>: CloudEvents come in, and what became of them is shown.</summary>
internal static class EventEndpoints
{
    private static readonly string[] s_texts = ["type", "source", "event_id"];

    public static void Map(IEndpointRouteBuilder api)
    {
        var events = api.MapGroup("/events").WithTags("events");
        events.MapPost("", Publish)
            .NotAudited("The event is its record.")
            .Needs(Permissions.EventsPublish)
            .WithName("publishEvents")
            .WithSummary("Publishes CloudEvents 1.0: one, a batch, or one in binary mode; 202 means stored")
            .Takes(typeof(EventFields))
            .Gives(typeof(EventsAccepted), StatusCodes.Status202Accepted);
        events.MapGet("", List)
            .Needs(Permissions.ExecutionsRead)
            .WithName("listEvents")
            .WithSummary("Events, newest first, without payloads")
            .Asks(
                ("type", "of this type"),
                ("source", "of this source"),
                ("event_id", "with this id of the publisher's"),
                ("from", "stored at or after this time"),
                ("to", "stored before this time"))
            .Gives(typeof(Page<DomainEvent>));
        events.MapGet("/{id:guid}", Get)
            .Needs(Permissions.ExecutionsRead)
            .WithName("getEvent")
            .WithSummary("One event with its deliveries")
            .Gives(typeof(DomainEvent));
    }

    private static IEvents Events(HttpContext context) => context.RequestServices.GetRequiredService<IEvents>();

    private static async Task Publish(HttpContext context)
    {
        var read = await ReadAsync(context);
        var result = read.Problem is { } problem
            ? problem
            : await Events(context).PublishAsync(context.Principal(), read.Value!, context.RequestAborted);
        await Answers.ResultAsync(context, result, EventsJson.Default.EventsAccepted, status: StatusCodes.Status202Accepted);
    }

    private static async Task<Result<List<NewEvent>>> ReadAsync(HttpContext context)
    {
        if (CloudEventRequest.ModeOf(context.Request) is not { } mode)
        {
            return new Problem(
                415,
                Codes.InvalidArgument,
                "The body must be a CloudEvent (Content-Type: application/cloudevents+json), a batch (application/cloudevents-batch+json) "
                + "or an event's data beside ce- headers.");
        }

        using var body = await Body.ReadAsync(context, Body.BytesMax);
        return body is null ? Body.TooLarge(Body.BytesMax) : CloudEventRequest.Read(context.Request, mode, body.Memory);
    }

    private static async Task List(HttpContext context)
    {
        var page = Answers.Page(context, "type", "source", "event_id", "from", "to");
        var from = Query.Time(context, "from");
        var to = Query.Time(context, "to");
        if ((page.Problem ?? from.Problem ?? to.Problem ?? Unstorable(context)) is { } problem)
        {
            await Problems.WriteAsync(context, problem);
            return;
        }

        var query = new EventQuery
        {
            Type = Query.Text(context, "type"),
            Source = Query.Text(context, "source"),
            EventId = Query.Text(context, "event_id"),
            From = from.Value,
            To = to.Value,
        };
        var result = await Events(context).ListAsync(context.Principal(), query, page.Value!, context.RequestAborted);
        await Answers.ResultAsync(context, result, EventsJson.Default.PageDomainEvent);
    }

    private static Problem? Unstorable(HttpContext context) =>
        s_texts.FirstOrDefault(name => Query.Text(context, name) is { } value && (value.Length > 1_000 || !Text.IsStorable(value))) is { } wrong
            ? Problem.Invalid(new FieldError(wrong, "must be at most 1000 characters without NUL"))
            : null;

    private static async Task Get(HttpContext context)
    {
        var id = Guid.Parse((string)context.Request.RouteValues["id"]!);
        var result = await Events(context).GetAsync(context.Principal(), id, context.RequestAborted);
        await Answers.ResultAsync(context, result, EventsJson.Default.DomainEvent);
    }

    /// <summary>The body's fields, for its description.</summary>
    internal sealed record EventFields(
        string Specversion, string Id, string Source, string Type, string? Subject, DateTimeOffset? Time, string? Datacontenttype, RawJson? Data);
}
