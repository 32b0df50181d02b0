namespace Sandbox.Supervisor.Uses;

/// <summary>A place of a source that uses what only a declaration can tell. Line and column count from 1.</summary>
internal sealed record UnknownUse(string Message, int? Line, int? Column);
