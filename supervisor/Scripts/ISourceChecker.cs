using Sandbox.Protocol.Api;
using Sandbox.Protocol.Rpc;

namespace Sandbox.Supervisor.Scripts;

/// <summary>Has V8 parse a source and an input schema, in a worker of its tenant: the supervisor itself never runs a JavaScript engine.</summary>
internal interface ISourceChecker
{
    /// <summary>The errors of both; a problem where no worker could answer in time (503 <c>OVERLOADED</c>) or the source defeated it (422).</summary>
    Task<Result<SourceCheck>> CheckAsync(Guid tenantId, string source, string? inputSchema, CancellationToken cancellationToken);
}
