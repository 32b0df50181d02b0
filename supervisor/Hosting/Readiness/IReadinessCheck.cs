using System.Text.Json.Nodes;

namespace Sandbox.Supervisor.Hosting.Readiness;

/// <summary>One part of <c>/readyz</c>. Register any number as <c>IReadinessCheck</c>; each answers from memory or within a second.</summary>
internal interface IReadinessCheck
{
    /// <summary>Its key in the answer: <c>database</c>, <c>workers</c>, <c>isolation</c>, <c>history</c>.</summary>
    string Name { get; }

    ValueTask<ReadinessState> CheckAsync(CancellationToken cancellationToken);
}

/// <summary>What a part says of itself.</summary>
/// <param name="Ready">False: the product should get no traffic.</param>
/// <param name="Message">One sentence for the operator.</param>
/// <param name="Details">Figures beside it.</param>
internal sealed record ReadinessState(bool Ready, string Message, JsonObject? Details = null);
