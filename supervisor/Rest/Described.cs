namespace Sandbox.Supervisor.Rest;

/// <summary>What an endpoint takes and gives, for its description.</summary>
internal static class Described
{
    /// <summary>The JSON body of an endpoint. Not ASP.NET's own metadata, which would answer 415 in a way of its own.</summary>
    internal sealed record RequestBody(Type Type);

    /// <summary>Parameters of the query beside those of paging, with what each means.</summary>
    internal sealed record QueryParameters(IReadOnlyList<(string Name, string Meaning)> Names);

    public static T Asks<T>(this T endpoint, params (string Name, string Meaning)[] parameters) where T : IEndpointConventionBuilder => endpoint.WithMetadata(new QueryParameters(parameters));

    public static T Takes<T>(this T endpoint, Type body) where T : IEndpointConventionBuilder => endpoint.WithMetadata(new RequestBody(body));

    public static T Gives<T>(this T endpoint, Type? body = null, int status = StatusCodes.Status200OK) where T : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new ProducesResponseTypeMetadata(status, body, body is null ? null : ["application/json"]));
}
