using System.Text;

namespace Sandbox.Supervisor.Errors;

/// <summary>
/// A message without its variables: each becomes a placeholder, white space becomes one space, and what no text column holds becomes
/// U+FFFD. One pass by hand: a message is the script's, and must not be able to make a regular expression slow.
/// </summary>
internal ref struct MessageTemplate
{
    /// <summary>Characters of a template; what follows them does not count.</summary>
    public const int LengthMax = 500;

    private const char Unknown = '\ufffd';
    private const int KeptWordMax = 60;
    private const string OpeningQuotes = "\"'`“‘«";
    private const string ClosingQuotes = "\"'`”’»";

    /// <summary>V8 quotes names of the source behind these: what differs there is another mistake, not another value.</summary>
    private static readonly string[] s_beforeNames = ["reading ", "setting ", "property ", "token "];

    private readonly ReadOnlySpan<char> _text;
    private readonly StringBuilder _template = new();

    /// <summary>By kind of quote: none closes from here on. Saves looking for one again and again.</summary>
    private int _unclosed;

    private TokenScan _tokens;

    private MessageTemplate(ReadOnlySpan<char> text)
    {
        _text = text;
        _tokens = new TokenScan(text);
    }

    public static string Of(string message)
    {
        var template = new MessageTemplate(message.AsSpan().Trim());
        for (var at = 0; at < template._text.Length && template._template.Length < LengthMax;) at = template.Step(at);
        return template.End();
    }

    /// <summary>Writes what begins at a place, and says where the next begins.</summary>
    private int Step(int at)
    {
        var c = _text[at];
        if (IsStart(at))
        {
            if (Quoted(at) is var quoted && quoted > at) return quoted;
            if (_tokens.At(at, out var placeholder) is var token && token > at)
            {
                _template.Append(placeholder);
                return token;
            }
        }

        if (char.IsWhiteSpace(c))
        {
            if (_template.Length > 0 && _template[^1] != ' ') _template.Append(' ');
            return at + 1;
        }

        if (char.IsHighSurrogate(c) && at + 1 < _text.Length && char.IsLowSurrogate(_text[at + 1]))
        {
            _template.Append(_text.Slice(at, 2));
            return at + 2;
        }

        _template.Append(char.IsControl(c) || char.IsSurrogate(c) ? Unknown : c);
        return at + 1;
    }

    /// <summary>A quote within a word is an apostrophe, and no number or id begins there.</summary>
    private readonly bool IsStart(int at) => at == 0 || !char.IsLetterOrDigit(_text[at - 1]);

    /// <summary>Where a quoted text ends; the same place where none begins.</summary>
    private int Quoted(int at)
    {
        var kind = OpeningQuotes.IndexOf(_text[at], StringComparison.Ordinal);
        if (kind < 0 || (_unclosed & (1 << kind)) != 0) return at;
        var end = at + 1;
        while (end < _text.Length && !Closes(end, ClosingQuotes[kind])) end++;
        if (end == _text.Length)
        {
            _unclosed |= 1 << kind;
            return at;
        }

        var inner = _text[(at + 1)..end];
        _template.Append(_text[at]).Append(IsName(at, inner) ? inner : "<text>").Append(_text[end]);
        return end + 1;
    }

    private readonly bool Closes(int at, char quote) =>
        _text[at] == quote && (at + 1 == _text.Length || !char.IsLetterOrDigit(_text[at + 1]));

    /// <summary>Digits are of a computed name, so of a variable.</summary>
    private readonly bool IsName(int at, ReadOnlySpan<char> inner)
    {
        if (inner.Length is 0 or > KeptWordMax || inner.ContainsAnyInRange('0', '9')) return false;
        foreach (var c in inner)
            if (char.IsWhiteSpace(c) || char.IsControl(c) || char.IsSurrogate(c)) return false;
        foreach (var before in s_beforeNames)
            if (_text[..at].EndsWith(before)) return true;
        return false;
    }

    private readonly string End()
    {
        var length = Math.Min(_template.Length, LengthMax);
        if (length > 0 && char.IsHighSurrogate(_template[length - 1])) length--;
        return _template.ToString(0, length).TrimEnd();
    }
}
