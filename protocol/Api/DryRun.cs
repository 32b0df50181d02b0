using System.Text;

namespace Sandbox.Protocol.Api;

/// <summary>
/// An execution that changes nothing and calls nobody: what it, and those it invoked, would have done. Whoever asks for it disposes of it, which rolls back
/// what its statements did, and then reads <see cref="ToJson"/>. Thread-safe.
/// </summary>
/// <param name="stubs">JSON object, what calls of the outside are answered with; null: plain answers.</param>
public sealed class DryRun(RawJson? stubs) : IAsyncDisposable
{
    /// <summary>Characters of all that is kept; the rest is counted.</summary>
    private const int CharactersMax = 4 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly List<IAsyncDisposable> _held = [];
    private readonly List<string> _changes = [];
    private readonly List<string> _calls = [];
    private int _characters;
    private int _left;

    public RawJson? Stubs { get; } = stubs;

    /// <summary>How many changes are kept so far, for <see cref="ForgetChangesFrom"/>.</summary>
    public int Changes
    {
        get { lock (_gate) return _changes.Count; }
    }

    /// <summary>What its calls share and its end disposes of: one of each type.</summary>
    public T Hold<T>(Func<T> make) where T : class, IAsyncDisposable
    {
        lock (_gate)
        {
            foreach (var held in _held)
                if (held is T found) return found;
            var made = make();
            _held.Add(made);
            return made;
        }
    }

    /// <param name="change">JSON object: <c>{entity, operation, before, after}</c>.</param>
    public void AddChange(string change) => Add(_changes, change);

    /// <param name="call">JSON object: <c>{capability, …, answer}</c>.</param>
    public void AddCall(string call) => Add(_calls, call);

    /// <summary>The script rolled them back itself.</summary>
    public void ForgetChangesFrom(int index)
    {
        lock (_gate)
        {
            if (index < _changes.Count) _changes.RemoveRange(index, _changes.Count - index);
        }
    }

    /// <summary><c>{changes: [], calls: [], not_listed: 0}</c>.</summary>
    public string ToJson()
    {
        lock (_gate)
        {
            return new StringBuilder("{\"changes\":[").AppendJoin(',', _changes).Append("],\"calls\":[").AppendJoin(',', _calls)
                .Append("],\"not_listed\":").Append(_left).Append('}').ToString();
        }
    }

    public async ValueTask DisposeAsync()
    {
        List<IAsyncDisposable> held;
        lock (_gate)
        {
            held = [.. _held];
            _held.Clear();
        }

        foreach (var one in held) await one.DisposeAsync();
    }

    private void Add(List<string> list, string json)
    {
        lock (_gate)
        {
            _characters += json.Length;
            if (_characters <= CharactersMax) list.Add(json);
            else _left++;
        }
    }
}
