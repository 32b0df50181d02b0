namespace Sandbox.Supervisor.Rest;

/// <summary>
/// What the audit calls a request to an endpoint. Every endpoint whose method is not a reading one has it, or <see cref="NotAudited"/>.
/// </summary>
/// <param name="Action">Noun and verb: <c>scripts.create</c>.</param>
/// <param name="Subject">What it is done to.</param>
internal sealed record Audited(string Action, AuditSubject Subject)
{
    /// <summary>The action where the subject's <c>version</c> changed; null: the same.</summary>
    public string? OfNewVersion { get; init; }

    /// <summary>Says why requests to an endpoint are not in the audit.</summary>
    internal sealed record NotAudited(string Why);
}

/// <summary>Puts <see cref="Rest.Audited"/> on endpoints.</summary>
internal static class AuditedExtensions
{
    public static T Audited<T>(this T endpoint, string action, AuditSubject subject, string? ofNewVersion = null)
        where T : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new Audited(action, subject) { OfNewVersion = ofNewVersion });

    public static T NotAudited<T>(this T endpoint, string why) where T : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new Audited.NotAudited(why));
}
