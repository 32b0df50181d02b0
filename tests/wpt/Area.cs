namespace Sandbox.Wpt;

/// <summary>Files of one subject; a row of the report.</summary>
/// <param name="Name">What the report calls it.</param>
/// <param name="Files">The files that are run.</param>
internal sealed record Area(string Name, IReadOnlyList<TestFile> Files);
