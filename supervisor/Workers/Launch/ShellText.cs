namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>Text for <c>/bin/sh</c>.</summary>
internal static class ShellText
{
    /// <summary>One word, whatever is in it.</summary>
    public static string Quote(string word) => "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    public static string Quote(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));
}
