namespace Sandbox.Protocol.Api;

/// <summary>The closed list of codes an execution or a problem answer carries. The spelling is the contract.</summary>
public static class Codes
{
    public const string SyntaxError = "SYNTAX_ERROR";
    public const string ScriptError = "SCRIPT_ERROR";
    public const string Timeout = "TIMEOUT";
    public const string MemoryLimit = "MEMORY_LIMIT";
    public const string OutputTooLarge = "OUTPUT_TOO_LARGE";
    public const string InputTooLarge = "INPUT_TOO_LARGE";
    public const string CallLimit = "CALL_LIMIT";
    public const string ChainLimit = "CHAIN_LIMIT";
    public const string InvalidInput = "INVALID_INPUT";
    public const string InvalidOutput = "INVALID_OUTPUT";
    public const string InvalidArgument = "INVALID_ARGUMENT";
    public const string RateLimit = "RATE_LIMIT";
    public const string QuotaExceeded = "QUOTA_EXCEEDED";
    public const string ConcurrencyLimit = "CONCURRENCY_LIMIT";
    public const string Overloaded = "OVERLOADED";
    public const string WorkerLost = "WORKER_LOST";
    public const string Interrupted = "INTERRUPTED";
    public const string NotFound = "NOT_FOUND";
    public const string NotAllowed = "NOT_ALLOWED";
    public const string Conflict = "CONFLICT";
    public const string EgressBlocked = "EGRESS_BLOCKED";
    public const string HttpTimeout = "HTTP_TIMEOUT";
    public const string HttpError = "HTTP_ERROR";
    public const string ResponseTooLarge = "RESPONSE_TOO_LARGE";

    /// <summary>A request without a valid token.</summary>
    public const string Unauthorized = "UNAUTHORIZED";

    /// <summary>An <c>If-Match</c> that names an older state.</summary>
    public const string PreconditionFailed = "PRECONDITION_FAILED";

    /// <summary>The supervisor's own fault; its log has the trace.</summary>
    public const string Internal = "INTERNAL";
}
