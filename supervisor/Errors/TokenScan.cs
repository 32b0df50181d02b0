using System.Buffers;
using System.Globalization;

namespace Sandbox.Supervisor.Errors;

/// <summary>
/// Recognises numbers, ids, addresses and times where a token may begin. What looks far ahead remembers where it ended, so that
/// the same run is not read again from each of its tokens.
/// </summary>
internal ref struct TokenScan(ReadOnlySpan<char> text)
{
    private const int UuidLength = 36;
    private const int SchemeMax = 20;
    private const int LongIdMin = 32;
    private const int IdMin = 8;

    private const string Days = "Mon Tue Wed Thu Fri Sat Sun";
    private const string Months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec";
    private const string LettersAndDigits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    private static readonly SearchValues<char> s_local = SearchValues.Create(LettersAndDigits + "._%+-");
    private static readonly SearchValues<char> s_longId = SearchValues.Create(LettersAndDigits + "+/_-");
    private static readonly SearchValues<char> s_endsUrl = SearchValues.Create(" \t\r\n\"'`<>“”‘’«»");
    private static readonly SearchValues<char> s_scheme = SearchValues.Create(LettersAndDigits + "+.-");

    // Shapes: a digit stands for one, an "h" for a hexadecimal digit, all else for itself.
    private const string Uuid = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";

    private readonly ReadOnlySpan<char> _text = text;
    private int _localEnd;
    private int _longEnd;

    /// <summary>Where the variable that begins at a place ends, and what stands for it; the same place where none begins.</summary>
    public int At(int at, out string placeholder)
    {
        placeholder = "<uuid>";
        if (Has(at, Uuid) && !IsWord(at + UuidLength)) return at + UuidLength;
        placeholder = "<url>";
        if (Url(at) is var url && url > at) return url;
        placeholder = "<email>";
        if (Email(at) is var email && email > at) return email;
        placeholder = "<date>";
        if (Date(at) is var date && date > at) return date;
        placeholder = "<id>";
        if (LongId(at) is var id && id > at) return id;
        placeholder = "<n>";
        if (Number(at) is var number && number > at) return number;
        return Word(at, out placeholder);
    }

    private readonly bool IsDigit(int at) => at < _text.Length && char.IsDigit(_text[at]);

    private readonly bool IsWord(int at) => at < _text.Length && char.IsLetterOrDigit(_text[at]);

    private readonly bool Has(int at, string shape)
    {
        if (at + shape.Length > _text.Length) return false;
        for (var n = 0; n < shape.Length; n++)
        {
            var c = _text[at + n];
            var fits = shape[n] switch { '0' => char.IsAsciiDigit(c), 'h' => char.IsAsciiHexDigit(c), var other => c == other };
            if (!fits) return false;
        }

        return true;
    }

    private readonly int Url(int at)
    {
        if (!char.IsAsciiLetter(_text[at])) return at;
        var scheme = _text[at..Math.Min(_text.Length, at + SchemeMax)].IndexOfAnyExcept(s_scheme);
        if (scheme < 1 || !_text[(at + scheme)..].StartsWith("://")) return at;
        var length = _text[at..].IndexOfAny(s_endsUrl);
        var end = length < 0 ? _text.Length : at + length;
        // What ends a sentence or a bracket is not of the address.
        while (end > at && ".,;:!?)]}".Contains(_text[end - 1])) end--;
        return end;
    }

    private int Email(int at)
    {
        if (at >= _localEnd)
        {
            var length = _text[at..].IndexOfAnyExcept(s_local);
            _localEnd = length < 0 ? _text.Length : at + length;
        }

        if (_localEnd == at || _localEnd == _text.Length || _text[_localEnd] != '@') return at;
        var domain = _text[(_localEnd + 1)..].IndexOfAnyExcept(s_local);
        var end = domain < 0 ? _text.Length : _localEnd + 1 + domain;
        while (end > _localEnd + 1 && !IsWord(end - 1)) end--;
        return end > _localEnd + 1 ? end : at;
    }

    private readonly int Date(int at)
    {
        if (Has(at, "0000-00-00"))
        {
            var end = at + 10;
            return end < _text.Length && _text[end] is 'T' or 't' or ' ' && Has(end + 1, "00:00") ? Zone(Fraction(Seconds(end + 6))) : end;
        }

        // As Date.prototype.toString and toUTCString write it.
        if (!IsOneOf(Days, at)) return at;
        if (Has(at + 3, " ") && IsOneOf(Months, at + 4) && Has(at + 7, " 00 0000")) return at + 15;
        return Has(at + 3, ", 00 ") && IsOneOf(Months, at + 8) && Has(at + 11, " 0000") ? at + 16 : at;
    }

    private readonly bool IsOneOf(string names, int at)
    {
        if (at + 3 > _text.Length || !char.IsAsciiLetterUpper(_text[at])) return false;
        return names.AsSpan().IndexOf(_text.Slice(at, 3)) is >= 0 and var found && found % 4 == 0;
    }

    private readonly int Seconds(int at) => Has(at, ":00") ? at + 3 : at;

    private readonly int Fraction(int at)
    {
        if (!Has(at, ".0")) return at;
        for (at++; IsDigit(at);) at++;
        return at;
    }

    private readonly int Zone(int at)
    {
        if (at < _text.Length && _text[at] is 'Z' or 'z') return at + 1;
        return Has(at, "+00:00") || Has(at, "-00:00") ? at + 6 : at;
    }

    /// <summary>Base64 and the like: long, of capitals, small letters and digits, with few of the marks that join words.</summary>
    private int LongId(int at)
    {
        if (at < _longEnd) return at;
        var length = _text[at..].IndexOfAnyExcept(s_longId);
        _longEnd = length < 0 ? _text.Length : at + length;
        var run = _text[at.._longEnd];
        if (run.Length < LongIdMin) return at;
        int digits = 0, capitals = 0, small = 0;
        foreach (var c in run)
        {
            if (char.IsAsciiDigit(c)) digits++;
            else if (char.IsAsciiLetterUpper(c)) capitals++;
            else if (char.IsAsciiLetterLower(c)) small++;
        }

        if (digits < 2 || capitals < 2 || small < 2 || (run.Length - digits - capitals - small) * 12 > run.Length) return at;
        var end = _longEnd;
        while (end < _text.Length && _text[end] == '=') end++;
        return end;
    }

    private readonly int Number(int at)
    {
        var start = _text[at] is '-' or '+' ? at + 1 : at;
        if (!IsDigit(start)) return at;
        var end = start;
        while (IsDigit(end)) end++;
        var whole = Whole(end) ? end : at;
        while (end < _text.Length && _text[end] is '.' or ',' or '_' && IsDigit(end + 1))
        {
            for (end++; IsDigit(end);) end++;
            if (Whole(end)) whole = end;
        }

        if (end < _text.Length && _text[end] is 'e' or 'E')
        {
            var exponent = end + 1 < _text.Length && _text[end + 1] is '-' or '+' ? end + 2 : end + 1;
            var last = exponent;
            while (IsDigit(last)) last++;
            if (last > exponent && !IsWord(last)) whole = last;
        }

        return whole;
    }

    /// <summary>No word goes on here of which the digits are the beginning; a unit may follow.</summary>
    private readonly bool Whole(int at) => !IsWord(at) || IsUnit(at);

    private readonly bool IsUnit(int at)
    {
        var end = at;
        while (IsWord(end) && end - at < 3) end++;
        return !IsWord(end)
            && _text[at..end] is "ms" or "s" or "m" or "h" or "d" or "B" or "KB" or "kB" or "MB" or "GB"
                or "px" or "th" or "st" or "nd" or "rd" or "x" or "n";
    }

    /// <summary>A word with digits: one number at its end is a number, anything else an id.</summary>
    private readonly int Word(int at, out string placeholder)
    {
        placeholder = "<id>";
        int end = at, digits = 0, firstDigit = -1;
        var isHex = true;
        for (; IsWord(end); end++)
        {
            isHex &= char.IsAsciiHexDigit(_text[end]);
            if (!char.IsDigit(_text[end])) continue;
            if (digits++ == 0) firstDigit = end;
        }

        if (digits == 0) return at;
        if (firstDigit == at || firstDigit + digits != end || (isHex && end - at >= IdMin)) return end;
        placeholder = string.Create(CultureInfo.InvariantCulture, $"{_text[at..firstDigit]}<n>");
        return end;
    }
}
