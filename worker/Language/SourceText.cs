namespace Sandbox.Worker.Language;

/// <summary>A source and where its lines begin, counted as V8 counts them: LF, CR, CRLF, U+2028 and U+2029 end one.</summary>
internal sealed class SourceText
{
    private readonly List<int> _starts = [0];

    public SourceText(string text)
    {
        Text = text;
        for (var i = 0; i < text.Length; i++)
        {
            if (!EndsLine(text[i])) continue;
            if (text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n') i++;
            _starts.Add(i + 1);
        }
    }

    public string Text { get; }

    public int Lines => _starts.Count;

    public static bool EndsLine(char c) => c is '\n' or '\r' or '\u2028' or '\u2029';

    /// <summary>Index of a 1-based position; -1 where the source has no such place.</summary>
    public int IndexOf(int line, int column)
    {
        if (line < 1 || line > _starts.Count || column < 1) return -1;
        var index = _starts[line - 1] + column - 1;
        return index <= Text.Length ? index : -1;
    }

    public (int Line, int Column) PositionOf(int index)
    {
        var line = _starts.BinarySearch(index);
        if (line < 0) line = ~line - 1;
        return (line + 1, index - _starts[line] + 1);
    }

    public (int Line, int Column) Clamp(int line, int column)
    {
        if (line < 1) return (1, 1);
        if (line > _starts.Count) return PositionOf(Text.Length);
        var last = (line < _starts.Count ? _starts[line] - 1 : Text.Length) - _starts[line - 1] + 1;
        return (line, Math.Clamp(column, 1, Math.Max(1, last)));
    }
}
