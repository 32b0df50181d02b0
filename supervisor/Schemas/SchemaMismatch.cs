namespace Sandbox.Supervisor.Schemas;

/// <summary>A place where a value does not match a schema.</summary>
/// <param name="Path">JSON Pointer (RFC 6901) within the value; empty: the value itself.</param>
internal sealed record SchemaMismatch(string Path, string Reason);
