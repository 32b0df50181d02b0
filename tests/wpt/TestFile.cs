using System.Text;
using System.Text.RegularExpressions;

namespace Sandbox.Wpt;

/// <summary>A file of web-platform-tests that is run.</summary>
/// <param name="Path">The file, from the root of the checkout.</param>
/// <param name="With">Scripts that come before it, from the root.</param>
/// <param name="Run">Code that comes after it, for files that only define a battery of tests.</param>
internal sealed partial record TestFile(string Path, IReadOnlyList<string>? With = null, string? Run = null)
{
    private static readonly string s_harness = File.ReadAllText(System.IO.Path.Combine(AppContext.BaseDirectory, "harness.js"));

    /// <summary>The harness, then all scripts of the test in one function, as a worker gives them one scope.</summary>
    public string Source(string root)
    {
        var body = new StringBuilder();
        foreach (var script in With ?? []) body.AppendLine(File.ReadAllText(System.IO.Path.Combine(root, script)));
        Append(body, root, Path);
        return $"{s_harness}\nawait (async function () {{\n{body}\n{Run}\n}}).call(self);\nreturn await wptReport();\n";
    }

    private static void Append(StringBuilder body, string root, string path)
    {
        var text = File.ReadAllText(System.IO.Path.Combine(root, path));
        if (path.EndsWith(".html", StringComparison.Ordinal)) text = InlineScripts(text);
        foreach (Match match in MetaScript().Matches(text)) Include(body, root, path, match.Groups["it"].Value);
        // A worker's test imports its scripts where it stands.
        foreach (Match match in ImportScripts().Matches(text)) Include(body, root, path, match.Groups["it"].Value);
        body.AppendLine(ImportScripts().Replace(text, ""));
    }

    private static void Include(StringBuilder body, string root, string from, string script)
    {
        if (script.EndsWith("testharness.js", StringComparison.Ordinal)) return;
        var path = script.StartsWith('/') ? script[1..] : System.IO.Path.Combine(System.IO.Path.GetDirectoryName(from)!, script);
        body.AppendLine(File.ReadAllText(System.IO.Path.Combine(root, path)));
    }

    private static string InlineScripts(string html)
    {
        var scripts = Script().Matches(html);
        return string.Join('\n', scripts.Select(match => match.Groups["it"].Value));
    }

    [GeneratedRegex(@"^// META: script=(?<it>\S+)", RegexOptions.Multiline, 1000)]
    private static partial Regex MetaScript();

    [GeneratedRegex(@"^\s*(?:self\.)?importScripts\(['""](?<it>[^'""]+)['""]\);?", RegexOptions.Multiline, 1000)]
    private static partial Regex ImportScripts();

    [GeneratedRegex(@"<script>(?<it>.*?)</script>", RegexOptions.Singleline | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Script();
}
