using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Serialization;

namespace Sandbox.Supervisor.Database;

/// <summary>The spelling of an enum's members in the database: that of the contract.</summary>
internal static class EnumText<T>
    where T : struct, Enum
{
    private static readonly FrozenDictionary<T, string> Texts = Enum.GetValues<T>().ToFrozenDictionary(
        value => value,
        value => typeof(T).GetField(value.ToString())!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name
            ?? throw new InvalidOperationException($"{typeof(T).Name}.{value} has no spelling."));

    private static readonly FrozenDictionary<string, T> Values = Texts.ToFrozenDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    public static string Of(T value) => Texts[value];

    public static string? Of(T? value) => value is { } some ? Texts[some] : null;

    public static T Parse(string text) => Values[text];

    /// <summary>Null where this version has no such member: a newer one wrote it.</summary>
    public static T? TryParse(string text) => Values.TryGetValue(text, out var value) ? value : null;
}
