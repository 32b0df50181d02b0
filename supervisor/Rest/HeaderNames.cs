namespace Sandbox.Supervisor.Rest;

/// <summary>Headers of our own.</summary>
internal static class HeaderNames
{
    /// <summary>The execution that an answer belongs to.</summary>
    public const string ExecutionId = "X-Execution-Id";
}
