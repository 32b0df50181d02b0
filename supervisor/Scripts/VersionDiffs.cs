using DiffPlex.Renderer;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Uses;

namespace Sandbox.Supervisor.Scripts;

/// <summary>How two versions of a script differ, for whoever decides on the later one.</summary>
internal static class VersionDiffs
{
    /// <summary>Lines of both sources. The time of a comparison grows with their square.</summary>
    private const int LinesMax = 10_000;

    private const int ContextLines = 3;

    public static VersionDiff Of(ScriptVersion from, ScriptVersion to)
    {
        var (before, after) = (EffectiveUses.Of(from), EffectiveUses.Of(to));
        var added = after.Without(before).Select(use => $"may now {use.Words}");
        var removed = before.Without(after).Select(use => $"may no longer {use.Words}");
        return new VersionDiff(from.Version, to.Version, Unified(from, to), new UsesDiff([.. added], [.. removed]));
    }

    private static string Unified(ScriptVersion from, ScriptVersion to)
    {
        if (from.Source == to.Source) return "";
        var (before, after) = ($"version {from.Version}", $"version {to.Version}");
        var lines = from.Source.Count(c => c == '\n') + to.Source.Count(c => c == '\n');
        return lines <= LinesMax
            ? UnidiffRenderer.GenerateUnidiff(from.Source, to.Source, before, after, ignoreWhitespace: false, ignoreCase: false, contextLines: ContextLines)
            : Whole(from.Source.Split('\n'), to.Source.Split('\n'), before, after);
    }

    /// <summary>A diff that takes every line away and adds every line.</summary>
    private static string Whole(string[] from, string[] to, string before, string after) => string.Join('\n', [
        $"--- {before}", $"+++ {after}", $"@@ -1,{from.Length} +1,{to.Length} @@", .. from.Select(line => $"-{line}"), .. to.Select(line => $"+{line}"), "",
    ]);
}
