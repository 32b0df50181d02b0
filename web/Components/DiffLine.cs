namespace Sandbox.Web.Components;

/// <summary>One line of a unified diff.</summary>
/// <param name="Kind">A class of the stylesheet: added, removed, hunk or same.</param>
/// <param name="Before">Its number in the earlier text; null: it is not in it.</param>
/// <param name="After">Its number in the later text; null: it is not in it.</param>
/// <param name="Text">Without its sign.</param>
public sealed record DiffLine(string Kind, int? Before, int? After, string Text)
{
    public string Sign => Kind switch
    {
        "added" => "+",
        "removed" => "−",
        _ => " ",
    };

    /// <summary>The lines of a unified diff, without the two that name its texts.</summary>
    public static IReadOnlyList<DiffLine> Read(string unified)
    {
        var lines = new List<DiffLine>();
        var (before, after) = (0, 0);
        var all = unified.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        foreach (var line in all.SkipWhile(line => !line.StartsWith("@@", StringComparison.Ordinal)))
        {
            if (line.StartsWith("@@", StringComparison.Ordinal))
            {
                (before, after) = (Start(line, '-'), Start(line, '+'));
                lines.Add(new DiffLine("hunk", null, null, line));
            }
            else if (line.StartsWith('+')) lines.Add(new DiffLine("added", null, after++, line[1..]));
            else if (line.StartsWith('-')) lines.Add(new DiffLine("removed", before++, null, line[1..]));
            else if (!line.StartsWith('\\')) lines.Add(new DiffLine("same", before++, after++, line.Length > 0 ? line[1..] : ""));
        }

        return lines;
    }

    /// <summary>The first number behind the sign in <c>@@ -3,7 +3,8 @@</c>.</summary>
    private static int Start(string hunk, char sign)
    {
        var from = hunk.IndexOf(sign, StringComparison.Ordinal) + 1;
        var to = from;
        while (to < hunk.Length && char.IsAsciiDigit(hunk[to])) to++;
        return int.TryParse(hunk[from..to], out var number) ? number : 1;
    }
}
