namespace Sandbox.Wpt;

/// <summary>
/// The committed list of failures. A line is a file and a subtest with <c> :: </c> between them; a <c>*</c> in a subtest stands for any
/// text. Lines that start with <c>#</c> say why, for those that follow.
/// </summary>
internal sealed class ExpectedFailures
{
    private readonly List<(string File, string Name)> _lines = [];
    private readonly HashSet<(string File, string Name)> _met = [];

    public ExpectedFailures(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            if (line.Length == 0 || line[0] == '#') continue;
            var at = line.IndexOf(" :: ", StringComparison.Ordinal);
            if (at < 0) throw new FormatException($"A line of the expected failures has no \" :: \": {line}");
            _lines.Add((line[..at], line[(at + 4)..]));
        }
    }

    /// <summary>Lines that no failure met: the subtest passes or is gone.</summary>
    public IEnumerable<string> Unmet(IReadOnlySet<string> files) =>
        _lines.Where(line => files.Contains(line.File) && !_met.Contains(line)).Select(line => $"{line.File} :: {line.Name}");

    public bool Meets(string file, string name)
    {
        var single = OneLine(name);
        var met = _lines.Where(line => string.Equals(line.File, file, StringComparison.Ordinal) && Matches(line.Name, single)).ToList();
        _met.UnionWith(met);
        return met.Count > 0;
    }

    /// <summary>A name as the list writes it.</summary>
    public static string OneLine(string name) => name.ReplaceLineEndings(" ");

    private static bool Matches(string pattern, string name)
    {
        var pieces = pattern.Split('*');
        if (pieces.Length == 1) return string.Equals(pattern, name, StringComparison.Ordinal);
        if (!name.StartsWith(pieces[0], StringComparison.Ordinal)) return false;
        var at = pieces[0].Length;
        foreach (var piece in pieces[1..^1])
        {
            var found = name.IndexOf(piece, at, StringComparison.Ordinal);
            if (found < 0) return false;
            at = found + piece.Length;
        }

        return name.Length - at >= pieces[^1].Length && name.EndsWith(pieces[^1], StringComparison.Ordinal);
    }
}
