using MessagePack;

namespace Sandbox.Protocol.Rpc;

/// <summary>The supervisor's side of the hello.</summary>
/// <param name="Version"><see cref="RpcProtocol.Version"/> of the supervisor.</param>
/// <param name="EntryThreads">Threads that may run script code at once in this worker.</param>
[MessagePackObject]
public sealed record SupervisorHello(
    [property: Key(0)] int Version,
    [property: Key(1)] int EntryThreads);

/// <summary>The worker's side of the hello.</summary>
/// <param name="Version"><see cref="RpcProtocol.Version"/> of the worker.</param>
/// <param name="Engine">Version of V8, for the workers page and the log.</param>
[MessagePackObject]
public sealed record WorkerHello(
    [property: Key(0)] int Version,
    [property: Key(1)] string Engine);

/// <summary>Whether a source parses on its own, and where it does not.</summary>
/// <param name="Errors">Empty where the source is accepted.</param>
/// <param name="IsModule">The source has a top-level <c>export default</c>.</param>
/// <param name="InputSchemaError">Why the input schema is none; null where it is one, or there is none.</param>
[MessagePackObject]
public sealed record SourceCheck(
    [property: Key(0)] IReadOnlyList<SourceError> Errors,
    [property: Key(1)] bool IsModule,
    [property: Key(2)] string? InputSchemaError);

/// <summary>One reason a source is refused. Line and column are 1-based, in the user's own source.</summary>
[MessagePackObject]
public sealed record SourceError(
    [property: Key(0)] string Message,
    [property: Key(1)] int? Line,
    [property: Key(2)] int? Column);

/// <summary>One run of one script version.</summary>
[MessagePackObject]
public sealed record InvocationRequest
{
    /// <summary>Names this invocation on this pipe; never used twice by a supervisor.</summary>
    [Key(0)] public required long Invocation { get; init; }

    /// <summary>Names the script version; isolates are kept per key.</summary>
    [Key(1)] public required string VersionKey { get; init; }

    /// <summary>The version's source; null where this worker was given it before. A worker that no longer has it answers <see cref="InvocationOutcome.SourceNeeded"/>.</summary>
    [Key(2)] public string? Source { get; init; }

    /// <summary>What of <c>context</c> differs between executions, as JSON text, without <c>input</c>. Lone surrogates are escaped.</summary>
    [Key(3)] public required string Context { get; init; }

    /// <summary>The input as JSON text, at most 500 levels deep, lone surrogates escaped; <c>null</c> where there is none.</summary>
    [Key(4)] public required string Input { get; init; }

    /// <summary>The kind is http: <c>sdk.respond</c> and a returned <c>Response</c> are understood.</summary>
    [Key(5)] public bool IsHttp { get; init; }

    /// <summary>Runs in an isolate of its own that is thrown away after (an invocation that is run again).</summary>
    [Key(6)] public bool Alone { get; init; }

    /// <summary>Isolates this version may have in this worker (the script's concurrency).</summary>
    [Key(7)] public int Isolates { get; init; } = 1;

    /// <summary>Bytes of heap of the isolate.</summary>
    [Key(8)] public required long HeapBytesMax { get; init; }

    /// <summary>Bytes of all array buffers of the isolate.</summary>
    [Key(9)] public required long ArrayBufferBytesMax { get; init; }

    /// <summary>CPU time of the invocation, milliseconds, measured on the threads that entered its isolate for it.</summary>
    [Key(10)] public required int CpuMsMax { get; init; }

    /// <summary>UTF-8 bytes of the output's JSON text.</summary>
    [Key(11)] public required int OutputBytesMax { get; init; }

    /// <summary>Log lines; then a marker, and no more.</summary>
    [Key(12)] public int LogLinesMax { get; init; } = 1_000;

    /// <summary>UTF-8 bytes of all log lines; then a marker, and no more.</summary>
    [Key(13)] public int LogBytesMax { get; init; } = 256 * 1024;

    /// <summary>UTF-8 bytes of one log line; the rest of it is cut.</summary>
    [Key(14)] public int LogLineBytesMax { get; init; } = 8 * 1024;

    /// <summary>JSON Schema that the input must match, as JSON text; comes with <see cref="Source"/>, null where the version has none.</summary>
    [Key(15)] public string? InputSchema { get; init; }

    /// <summary>The input is checked against <see cref="InputSchema"/>; not where a request came in over HTTP, which has none.</summary>
    [Key(16)] public bool CheckInput { get; init; }

    /// <summary>What of <c>context</c> is mostly the same (tenant, script, limits), as JSON text: parsed and frozen again only where it changed.</summary>
    [Key(17)] public string Constants { get; init; } = "{}";
}

/// <summary>How an invocation ended inside the worker. The supervisor's own findings (deadline, kill, kernel) outrank it.</summary>
public enum InvocationOutcome
{
    /// <summary>The promise was fulfilled; <see cref="InvocationResult.Output"/> holds its value.</summary>
    Completed = 0,

    /// <summary>The script threw, or its promise was rejected; <see cref="InvocationResult.Error"/> says what.</summary>
    Threw = 1,

    /// <summary>The source does not parse on its own.</summary>
    SyntaxError = 2,

    /// <summary>Ended by <see cref="IWorker.EndAsync"/>.</summary>
    Ended = 3,

    /// <summary>Used up <see cref="InvocationRequest.CpuMsMax"/>.</summary>
    CpuExceeded = 4,

    /// <summary>The isolate ran out of heap or array buffers while this invocation held it.</summary>
    MemoryExceeded = 5,

    /// <summary>The output's JSON is longer than <see cref="InvocationRequest.OutputBytesMax"/>.</summary>
    OutputTooLarge = 6,

    /// <summary>The returned value cannot be written as JSON, or is nested too deep.</summary>
    InvalidOutput = 7,

    /// <summary>The isolate was thrown away because of another invocation in it; this one may be run again.</summary>
    IsolateLost = 8,

    /// <summary>The worker does not have the source of this version (any more); ask again with it.</summary>
    SourceNeeded = 9,

    /// <summary>The input does not match the version's input schema; nothing of the script ran.</summary>
    InvalidInput = 10,
}

/// <summary>What became of an invocation.</summary>
[MessagePackObject]
public sealed record InvocationResult
{
    [Key(0)] public required InvocationOutcome Outcome { get; init; }

    /// <summary>JSON text of the returned value; null where it was <c>undefined</c>. With <see cref="Responded"/>: <c>{status, headers: {name: value | [values]}, body, bodyEncoding?: "base64"}</c>.</summary>
    [Key(1)] public string? Output { get; init; }

    /// <summary><see cref="Output"/> is an HTTP answer made by <c>sdk.respond</c> or a returned <c>Response</c>.</summary>
    [Key(2)] public bool Responded { get; init; }

    [Key(3)] public ScriptError? Error { get; init; }

    /// <summary>CPU time of the threads while this invocation held its isolate, microseconds.</summary>
    [Key(4)] public long CpuMicroseconds { get; init; }

    /// <summary>Largest heap plus array buffers of the isolate seen while this invocation was in it, bytes.</summary>
    [Key(5)] public long MemoryPeakBytes { get; init; }

    /// <summary>False where the invocation never got to run a line of the script.</summary>
    [Key(6)] public bool Entered { get; init; } = true;

    /// <summary>The source was compiled for the first time in a fresh isolate; for measurements.</summary>
    [Key(7)] public bool Cold { get; init; }
}

/// <summary>What a script threw, read by the driver and never from the thrown object's own code.</summary>
/// <param name="Name">JSON text of a string: what it calls itself, or the class it was made by; null where what was thrown is no object.</param>
/// <param name="Message">JSON text of the message, a string literal as <see cref="WorkerLogLine.Message"/>; the message itself is at most 8 KB.</param>
/// <param name="Line">1-based line in the user's source of the first frame there; null where none is known.</param>
/// <param name="Column">1-based column.</param>
/// <param name="Stack">JSON text of a string: <c>Name: message</c>, frames of the user's own source, one a line, then its own fields, causes and parts.</param>
/// <param name="Code">Code of an sdk call that rejected and that the script did not catch; null for all else.</param>
/// <param name="Retryable">False where the thrown object has an own data property <c>retryable</c> of <c>false</c>.</param>
[MessagePackObject]
public sealed record ScriptError(
    [property: Key(0)] string? Name,
    [property: Key(1)] string Message,
    [property: Key(2)] int? Line,
    [property: Key(3)] int? Column,
    [property: Key(4)] string? Stack,
    [property: Key(5)] string? Code,
    [property: Key(6)] bool Retryable);

/// <summary>One log line.</summary>
/// <param name="UnixMicroseconds">When it was written, by the worker's clock; the supervisor corrects what lies outside the invocation.</param>
/// <param name="Level">0 debug, 1 info, 2 warn, 3 error.</param>
/// <param name="Message">JSON text of the message, a string literal: MessagePack's UTF-8 would turn a lone surrogate into U+FFFD.</param>
/// <param name="Metadata">JSON text of the metadata, or null.</param>
[MessagePackObject]
public sealed record WorkerLogLine(
    [property: Key(0)] long UnixMicroseconds,
    [property: Key(1)] int Level,
    [property: Key(2)] string Message,
    [property: Key(3)] string? Metadata);

/// <summary><c>sdk.progress(done, total?, message?)</c>.</summary>
/// <param name="Done">Finite.</param>
/// <param name="Total">Finite, or null.</param>
/// <param name="Message">JSON text of a string, or null.</param>
[MessagePackObject]
public sealed record WorkerProgress(
    [property: Key(0)] double Done,
    [property: Key(1)] double? Total,
    [property: Key(2)] string? Message);

/// <summary>What the broker answers to a call of a script: a value, or a code with its message.</summary>
/// <param name="Value">JSON text, lone surrogates escaped; null: <c>undefined</c>.</param>
/// <param name="Code">One of the codes of 5-limits; null where the call was carried out.</param>
/// <param name="Message">Safe to show; null where there is no code.</param>
/// <param name="RetryAfterSeconds">When it may be tried again, where a rate refused it.</param>
/// <param name="Rows">Rows that the call gave or changed.</param>
[MessagePackObject]
public sealed record CallAnswer(
    [property: Key(0)] string? Value,
    [property: Key(1)] string? Code = null,
    [property: Key(2)] string? Message = null,
    [property: Key(3)] int? RetryAfterSeconds = null,
    [property: Key(4)] int Rows = 0);

/// <summary>A label of an execution. Key and value are JSON string literals, lone surrogates escaped.</summary>
[MessagePackObject]
public sealed record WorkerLabel(
    [property: Key(0)] string Key,
    [property: Key(1)] string Value);
