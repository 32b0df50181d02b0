namespace Sandbox.Wpt;

/// <summary>What one subtest came to.</summary>
/// <param name="Name">Its name, unique within its file only by the file's own care.</param>
/// <param name="Passed">Whether it passed.</param>
/// <param name="Message">Why it failed; empty where it passed.</param>
internal sealed record Subtest(string Name, bool Passed, string Message);
