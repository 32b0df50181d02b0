namespace Sandbox.Supervisor.Broker;

/// <summary>
/// One spelling of a secret value, searched for in linear time whatever the text is (Knuth, Morris and Pratt): scripts choose texts, and
/// a tenant chooses its secrets.
/// </summary>
internal sealed class SecretForm
{
    /// <summary>Characters at the end of a cut text that count as the beginning of the value.</summary>
    private const int BeginningMin = 4;

    /// <summary>What the worker puts where it cuts a value that it describes.</summary>
    public const char CutMark = '…';

    // For each length of a matched beginning, the longest shorter beginning that ends at the same place.
    private readonly int[] _shorter;
    private readonly bool _isBase64;
    private readonly bool _sharesFirst;
    private readonly bool _sharesLast;

    /// <param name="text">The spelling.</param>
    /// <param name="isBase64">It is a part of base64 text.</param>
    /// <param name="sharesFirst">The base64 character before it holds bits of the value and bits of its neighbour.</param>
    /// <param name="sharesLast">So does the character behind it.</param>
    public SecretForm(string text, bool isBase64 = false, bool sharesFirst = false, bool sharesLast = false)
    {
        Text = text;
        (_isBase64, _sharesFirst, _sharesLast) = (isBase64, sharesFirst, sharesLast);
        _shorter = new int[text.Length + 1];
        for (var i = 1; i < text.Length; i++) _shorter[i + 1] = Next(_shorter[i], text[i]);
    }

    public string Text { get; }

    /// <summary>Adds each occurrence in the text; overlapping ones are added as one.</summary>
    /// <param name="text">Where to look.</param>
    /// <param name="wasCut">The text may end within an occurrence.</param>
    /// <param name="found">Start and end of each.</param>
    public void Find(ReadOnlySpan<char> text, bool wasCut, List<(int Start, int End)> found)
    {
        var matched = 0;
        var own = found.Count;
        for (var i = 0; i < text.Length; i++)
        {
            if (matched == 0)
            {
                var first = text[i..].IndexOf(Text[0]);
                if (first < 0) return;
                i += first;
            }

            // What the worker describes it cuts within, and puts this mark.
            if (text[i] == CutMark && matched >= BeginningMin) found.Add((StartOf(text, i - matched), i));
            matched = Next(matched, text[i]);
            if (matched != Text.Length) continue;
            var start = StartOf(text, i + 1 - matched);
            var end = EndOf(text, i + 1);
            if (found.Count > own && start < found[^1].End) found[^1] = (found[^1].Start, Math.Max(found[^1].End, end));
            else found.Add((start, end));
            matched = _shorter[matched];
        }

        if (wasCut && matched >= BeginningMin) found.Add((StartOf(text, text.Length - matched), text.Length));
    }

    private int Next(int matched, char c)
    {
        while (matched > 0 && (matched == Text.Length || Text[matched] != c)) matched = _shorter[matched];
        return matched < Text.Length && Text[matched] == c ? matched + 1 : matched;
    }

    private int StartOf(ReadOnlySpan<char> text, int start) => _sharesFirst && start > 0 && IsBase64(text[start - 1]) ? start - 1 : start;

    private int EndOf(ReadOnlySpan<char> text, int end)
    {
        if (!_isBase64) return end;
        if (_sharesLast && end < text.Length && IsBase64(text[end])) end++;
        for (var padding = 0; padding < 2 && end < text.Length && text[end] == '='; padding++) end++;
        return end;
    }

    private static bool IsBase64(char c) => char.IsAsciiLetterOrDigit(c) || c is '+' or '/' or '-' or '_';
}
