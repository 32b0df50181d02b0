using System.Buffers;
using System.Text;
using Sandbox.Protocol.Text;

namespace Sandbox.Supervisor.Broker;

/// <summary>
/// Puts <c>***</c> in the place of the secret values that an execution was given, before its texts are stored or shown. Thread-safe.
/// </summary>
internal sealed class SecretMask
{
    /// <summary>Characters of a value. A shorter one would be found everywhere.</summary>
    public const int CharactersMin = 6;

    /// <summary>Different values that an execution is given.</summary>
    public const int ValuesMax = 50;

    /// <summary>Characters of all of them together: each costs memory in every form.</summary>
    public const int CharactersMax = 64 * 1024;

    private const string Stars = "***";

    /// <summary>A replacement may complete another occurrence. A text that still has one after so many rounds is replaced whole.</summary>
    private const int RoundsMax = 8;

    /// <summary>
    /// Characters times forms that are looked through: some tenth of a second. A text beyond it that has an occurrence is replaced whole; what a tenant chooses for its
    /// secrets and outputs must not keep the supervisor busy.
    /// </summary>
    private const long WorkMax = 100_000_000;

    private readonly Lock _gate = new();

    // Most executions are given none.
    private HashSet<string>? _values;
    private int _characters;
    private volatile Forms _forms = Forms.None;

    /// <summary>All forms, and one search for whether any of them is there.</summary>
    private sealed record Forms(SecretForm[] All, SearchValues<string> Any)
    {
        public static readonly Forms None = new([], SearchValues.Create([], StringComparison.Ordinal));

        public bool AreIn(string text) => text.AsSpan().ContainsAny(Any);

        public bool AreTooManyFor(string text) => (long)text.Length * All.Length > WorkMax;
    }

    /// <summary>False where the execution has as many values as it may: then the value must not reach it.</summary>
    public bool Add(string value)
    {
        lock (_gate)
        {
            _values ??= new HashSet<string>(StringComparer.Ordinal);
            if (_values.Contains(value)) return true;
            if (_values.Count == ValuesMax || _characters + value.Length > CharactersMax) return false;
            if (value.Length >= CharactersMin)
            {
                SecretForm[] all = [.. _forms.All, .. SecretForms.Of(value)];
                _forms = new Forms(all, SearchValues.Create([.. all.Select(form => form.Text)], StringComparison.Ordinal));
            }

            _values.Add(value);
            _characters += value.Length;
            return true;
        }
    }

    /// <param name="text">Any text.</param>
    /// <param name="wasCut">Its end was cut off, perhaps within a value.</param>
    public string Apply(string text, bool wasCut) => _forms is { All.Length: > 0 } forms ? Masked(forms, text, wasCut) : text;

    /// <summary>The same for JSON text, which keeps its shape: only strings and names change, and numbers that become strings.</summary>
    public string ApplyToJson(string json)
    {
        if (_forms is not { All.Length: > 0 } forms) return json;
        var isThere = forms.AreIn(json) || json.Contains(SecretForm.CutMark);
        if (!isThere && !json.Contains('\\')) return json;
        if (isThere && forms.AreTooManyFor(json)) return forms.AreIn(json) ? $"\"{Stars}\"" : json;
        var found = isThere ? Find(forms, json, wasCut: false) : [];

        var text = new StringBuilder(json.Length);
        var next = 0;
        for (var i = 0; i < json.Length;)
        {
            var end = EndOfToken(json, i);
            while (next < found.Count && found[next].End <= i) next++;
            var isTouched = next < found.Count && found[next].Start < end;
            if (json[i] == '"' && (isTouched || json.AsSpan(i, end - i).Contains('\\')))
                text.Append(MaskedLiteral(forms, json[i..end], isTouched, isTouched && IsCrossed(found, next, i, end)));
            else if (isTouched && (json[i] == '-' || char.IsAsciiDigit(json[i]))) text.Append('"').Append(Stars).Append('"');
            else text.Append(json, i, end - i);
            i = end;
        }

        return text.ToString();
    }

    /// <summary>An occurrence begins before the literal's text or ends behind it.</summary>
    private static bool IsCrossed(List<(int Start, int End)> found, int next, int start, int end)
    {
        for (; next < found.Count && found[next].Start < end; next++)
            if (found[next].Start <= start || found[next].End >= end) return true;
        return false;
    }

    /// <param name="forms">What is masked.</param>
    /// <param name="literal">A JSON string with its quotation marks.</param>
    /// <param name="isTouched">The JSON text, read as plain text, has an occurrence that overlaps the literal.</param>
    /// <param name="isCrossed">Such an occurrence is not wholly within the literal.</param>
    private static string MaskedLiteral(Forms forms, string literal, bool isTouched, bool isCrossed)
    {
        if (isCrossed) return $"\"{Stars}\"";
        var value = JsonText.Read(literal);
        var masked = Masked(forms, value, wasCut: false);
        if (!isTouched && ReferenceEquals(masked, value)) return literal;
        var written = JsonText.Encode(masked);
        // An occurrence that only the escapes of the literal spell.
        return Find(forms, written, wasCut: false).Count > 0 ? $"\"{Stars}\"" : written;
    }

    /// <summary>Where the string, number or single other character that begins here ends.</summary>
    private static int EndOfToken(string json, int start)
    {
        var end = start + 1;
        if (json[start] == '"')
        {
            while (end < json.Length && json[end] != '"') end += json[end] == '\\' ? 2 : 1;
            return Math.Min(end + 1, json.Length);
        }

        if (json[start] != '-' && !char.IsAsciiDigit(json[start])) return end;
        while (end < json.Length && (char.IsAsciiDigit(json[end]) || json[end] is '.' or 'e' or 'E' or '+' or '-')) end++;
        return end;
    }

    private static string Masked(Forms forms, string text, bool wasCut)
    {
        if (!wasCut && !text.Contains(SecretForm.CutMark) && !forms.AreIn(text)) return text;
        if (forms.AreTooManyFor(text)) return forms.AreIn(text) ? Stars : text;
        for (var round = 0; round < RoundsMax; round++)
        {
            var found = Find(forms, text, wasCut);
            if (found.Count == 0) return text;
            var masked = new StringBuilder(text.Length);
            var at = 0;
            foreach (var (start, end) in found)
            {
                masked.Append(text, at, start - at).Append(Stars);
                at = end;
            }

            text = masked.Append(text, at, text.Length - at).ToString();
        }

        return Find(forms, text, wasCut).Count == 0 ? text : Stars;
    }

    /// <summary>Occurrences of all forms in order; overlapping ones are one.</summary>
    private static List<(int Start, int End)> Find(Forms forms, string text, bool wasCut)
    {
        var found = new List<(int Start, int End)>();
        foreach (var form in forms.All) form.Find(text, wasCut, found);
        if (found.Count < 2) return found;
        found.Sort();
        var last = 0;
        for (var i = 1; i < found.Count; i++)
        {
            if (found[i].Start < found[last].End) found[last] = (found[last].Start, Math.Max(found[last].End, found[i].End));
            else found[++last] = found[i];
        }

        found.RemoveRange(last + 1, found.Count - last - 1);
        return found;
    }
}
