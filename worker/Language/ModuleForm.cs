using System.Globalization;
using Sandbox.Protocol.Rpc;

namespace Sandbox.Worker.Language;

/// <summary>
/// A module turned into a function body, export by export, with every line and column kept: V8 says where the next
/// <c>export</c> is, and what stands there is overwritten in place.
/// </summary>
internal sealed class ModuleForm
{
    private readonly char[] _text;
    private readonly SourceText _source;
    private readonly string _name;

    public ModuleForm(SourceText source)
    {
        _source = source;
        _text = source.Text.ToCharArray();
        _name = FreeName(source.Text);
    }

    public string Body => new(_text);

    /// <summary>Name that holds the default export; null as long as none was met.</summary>
    public string? Default { get; private set; }

    /// <summary>Takes one <c>export</c> away. Answers with why that cannot be.</summary>
    public SourceError? Rewrite(Fault fault)
    {
        var start = fault is { Line: { } line, Column: { } column } ? _source.IndexOf(line, column) : -1;
        if (start < 0 || !At(start, "export")) return new SourceError("This export cannot be understood", fault.Line, fault.Column);
        var next = Skip(start + "export".Length);
        if (WordAt(next, "default")) return RewriteDefault(start, Skip(next + "default".Length));
        if (next < _text.Length && _text[next] == '*') return From(start);
        if (next < _text.Length && _text[next] == '{') return RewriteList(start, next);
        Blank(start, start + "export".Length);
        _text[start] = ';';
        return null;
    }

    private SourceError? RewriteDefault(int start, int value)
    {
        var async = WordAt(value, "async") ? Skip(value + "async".Length) : value;
        var isFunction = WordAt(async, "function") && (async == value || !Newline(value, async));
        if (!isFunction && !WordAt(value, "class")) return RewriteExpression(start, value);

        var keyword = isFunction ? "function" : "class";
        var after = Skip(async + keyword.Length);
        var star = isFunction && after < _text.Length && _text[after] == '*';
        if (star) after = Skip(after + 1);
        // A declaration with a name stays what it is, and can be called by that name.
        if (after < _text.Length && IsNameStart(_text[after]) && !WordAt(after, "extends"))
        {
            Default = Name(after);
            Blank(start, value);
            return null;
        }

        // One without is given a name, in the room that `export default` leaves: it remains a declaration, which no `(` on the next line calls.
        var declaration = $"{(async == value ? "" : "async ")}{keyword}{(star ? "*" : "")} {_name}";
        var end = star || isFunction ? after : Math.Min(after, async + keyword.Length);
        if (!Place(start, end, declaration)) return new SourceError("export default and what it exports must begin on one line", _source.PositionOf(start).Line, _source.PositionOf(start).Column);
        Default = _name;
        return null;
    }

    private SourceError? RewriteExpression(int start, int value)
    {
        if (!Place(start, value, $"const {_name}=")) return new SourceError("export default and what it exports must begin on one line", _source.PositionOf(start).Line, _source.PositionOf(start).Column);
        Default = _name;
        return null;
    }

    // Writes over a region in one piece, as late in it as its line ends allow; all else of it becomes blank.
    private bool Place(int start, int end, string text)
    {
        for (var run = end; run >= start + text.Length; run--)
        {
            if (Newline(run - text.Length, run)) continue;
            Blank(start, end);
            text.CopyTo(0, _text, run - text.Length, text.Length);
            return true;
        }

        return false;
    }

    private SourceError? RewriteList(int start, int open)
    {
        var at = Skip(open + 1);
        var local = "";
        var previous = "";
        while (at < _text.Length && _text[at] != '}')
        {
            string word;
            if (_text[at] is '"' or '\'')
            {
                var quote = _text[at];
                var close = at + 1;
                while (close < _text.Length && _text[close] != quote) close += _text[close] == '\\' ? 2 : 1;
                word = new string(_text, at + 1, Math.Max(0, Math.Min(close, _text.Length) - at - 1));
                at = Skip(close + 1);
            }
            else if (_text[at] == ',')
            {
                local = previous = "";
                at = Skip(at + 1);
                continue;
            }
            else
            {
                word = Name(at);
                if (word.Length == 0) return From(start);
                at = Skip(at + word.Length);
            }

            if (local.Length == 0) local = word;
            else if (string.Equals(previous, "as", StringComparison.Ordinal) && string.Equals(word, "default", StringComparison.Ordinal)) Default = local;
            previous = word;
        }

        var end = Math.Min(at + 1, _text.Length);
        if (WordAt(Skip(end), "from")) return From(start);
        Blank(start, end);
        // Where a line was ended by the word export alone, it must be ended still.
        _text[start] = ';';
        return null;
    }

    private SourceError From(int start)
    {
        var (line, column) = _source.PositionOf(start);
        return new SourceError("export … from is not available: a script has no modules beside it", line, column);
    }

    private int Skip(int at)
    {
        while (at < _text.Length)
        {
            if (char.IsWhiteSpace(_text[at]) || _text[at] == '\uFEFF') at++;
            else if (At(at, "//")) while (at < _text.Length && !SourceText.EndsLine(_text[at])) at++;
            else if (At(at, "/*"))
            {
                var end = Body.IndexOf("*/", at + 2, StringComparison.Ordinal);
                at = end < 0 ? _text.Length : end + 2;
            }
            else break;
        }

        return at;
    }

    private void Blank(int start, int end)
    {
        for (var i = start; i < end; i++)
            if (!SourceText.EndsLine(_text[i])) _text[i] = ' ';
    }

    private bool Newline(int start, int end) => _text.AsSpan(start, end - start).IndexOfAny("\n\r\u2028\u2029") >= 0;

    private bool At(int at, string word) => at + word.Length <= _text.Length && _text.AsSpan(at, word.Length).SequenceEqual(word);

    private bool WordAt(int at, string word) => At(at, word) && (at + word.Length == _text.Length || !IsNamePart(_text[at + word.Length]));

    private string Name(int at)
    {
        var end = at;
        while (end < _text.Length && IsNamePart(_text[end])) end++;
        return new string(_text, at, end - at);
    }

    private static bool IsNameStart(char c) => IsNamePart(c) && !char.IsAsciiDigit(c);

    public static bool IsNamePart(char c) => char.IsLetterOrDigit(c) || c is '_' or '$' or '\\' or '\u200c' or '\u200d' || char.IsSurrogate(c)
        || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.ConnectorPunctuation or UnicodeCategory.LetterNumber;

    private static string FreeName(string text)
    {
        for (var i = 0; ; i++)
        {
            var name = i < 26 ? ((char)('a' + i)).ToString() : string.Create(CultureInfo.InvariantCulture, $"m{i}");
            if (name.Length > 1 ? !text.Contains(name, StringComparison.Ordinal) : !HoldsWord(text, name[0])) return name;
        }
    }

    private static bool HoldsWord(string text, char letter)
    {
        for (var at = text.IndexOf(letter, StringComparison.Ordinal); at >= 0; at = text.IndexOf(letter, at + 1))
        {
            var before = at > 0 && IsNamePart(text[at - 1]);
            var after = at + 1 < text.Length && IsNamePart(text[at + 1]);
            if (!before && !after) return true;
        }

        // An escape may spell it as well.
        return text.Contains("\\u", StringComparison.Ordinal);
    }
}
