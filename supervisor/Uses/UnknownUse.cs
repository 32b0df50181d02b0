namespace Sandbox.Supervisor.Uses;

/// <summary>A place of a source that uses what only a declaration can tell. Line and column count from 1.</summary>
/// <param name="MustBeDeclared">
/// A name is computed, or the source cannot be read: it is refused without a declaration. Else the sdk is only handed on, perhaps for what needs no right:
/// that is worth a warning, and the broker refuses what was neither seen nor declared.
/// </param>
internal sealed record UnknownUse(string Message, int? Line, int? Column, bool MustBeDeclared);
