using System.Text.RegularExpressions;

namespace Sandbox.Supervisor.Rest;

/// <summary>Which strings may be names, and which may be stored.</summary>
internal static partial class Text
{
    private static readonly string[] Reserved = ["validate", "try", "export", "import"];

    public static bool HasLoneSurrogate(string value)
    {
        for (var i = value.AsSpan().IndexOfAnyInRange('\ud800', '\udfff'); i >= 0 && i < value.Length; i++)
        {
            if (!char.IsSurrogate(value[i])) continue;
            if (!char.IsHighSurrogate(value[i]) || i + 1 >= value.Length || !char.IsLowSurrogate(value[i + 1])) return true;
            i++;
        }

        return false;
    }

    /// <summary>PostgreSQL's text takes neither NUL nor what is no Unicode.</summary>
    public static bool IsStorable(string value) => !value.Contains('\0') && !HasLoneSurrogate(value);

    /// <summary>Null where the string may be a name; else why not.</summary>
    public static string? NameComplaint(string name) =>
        !NameGrammar().IsMatch(name) ? "must be 3 to 100 characters: lower-case letters, digits and hyphens, beginning with a letter, ending with a letter or digit"
        : Guid.TryParse(name, out _) ? "must not be a UUID"
        : Reserved.Contains(name) ? $"must not be one of {string.Join(", ", Reserved)}"
        : null;

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{1,98}[a-z0-9]\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NameGrammar();
}
