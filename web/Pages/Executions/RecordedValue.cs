using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Executions;

/// <summary>The input or the output of an execution, with what is said where there is none.</summary>
/// <param name="Name">Begins the ids of its elements.</param>
/// <param name="Title">What a page calls it.</param>
/// <param name="File">The name of its download.</param>
/// <param name="Absence">Why there is none.</param>
public sealed record RecordedValue(string Name, string Title, string File, RawJson? Value, string Absence);
