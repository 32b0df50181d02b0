using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Sandbox.Supervisor.Configuration;

namespace Sandbox.Supervisor.Hosting.Configuration;

/// <summary>
/// The keys that exist under <c>Sandbox</c>: the public settable properties of every options class of this assembly, found by its
/// constant <c>Section</c>. So a feature that has options has its keys known, with nothing more to register.
/// </summary>
internal sealed class KnownKeys
{
    private readonly Dictionary<string, PropertyInfo> _leaves = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Type> _lists = new(StringComparer.OrdinalIgnoreCase);

    public KnownKeys(Assembly assembly)
    {
        foreach (var type in assembly.GetTypes())
        {
            var section = type.GetField("Section", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static);
            if (section is { IsLiteral: true } && section.GetRawConstantValue() is string name && IsOurs(name)) Add(name, type);
        }
    }

    public IEnumerable<string> All => _leaves.Keys.Concat(_lists.Keys);

    /// <summary>Null where the key exists and its value can be read; else a sentence.</summary>
    public string? Complaint(string key, string? value)
    {
        if (_leaves.TryGetValue(key, out var property) || _leaves.TryGetValue(Unnamed(key), out property)) return WrongValue(key, value ?? "", property.PropertyType) ?? OutOfRange(key, value ?? "", property);

        var parent = key.LastIndexOf(':') is var at and > 0 ? key[..at] : key;
        if (_lists.TryGetValue(parent, out var element)) return WrongValue(key, value ?? "", element);
        if (_lists.ContainsKey(key)) return string.IsNullOrEmpty(value) ? null : $"{key} is a list: set {key}:0, {key}:1 and so on.";

        var closest = All.MinBy(known => Distance(known.ToUpperInvariant(), key.ToUpperInvariant()));
        return $"{key} is not a setting; the closest one is {closest}. Remove it or correct its name.";
    }

    /// <summary>A section whose name ends in <c>:*</c> stands for one section for each name that the operator chose.</summary>
    private string Unnamed(string key)
    {
        var parts = key.Split(':');
        for (var i = 1; i < parts.Length - 1; i++)
        {
            var unnamed = string.Join(':', [.. parts[..i], "*", .. parts[(i + 1)..]]);
            if (_leaves.ContainsKey(unnamed)) return unnamed;
        }

        return key;
    }

    private static bool IsOurs(string section) =>
        section == SandboxOptions.Section || section.StartsWith(SandboxOptions.Section + ":", StringComparison.Ordinal);

    private void Add(string section, Type type)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var key = $"{section}:{property.Name}";
            if (IsScalar(property.PropertyType) && property.CanWrite) _leaves[key] = property;
            else if (ElementOf(property.PropertyType) is { } element) _lists[key] = element;
            else if (property.PropertyType.Assembly == type.Assembly) Add(key, property.PropertyType);
        }
    }

    private static bool IsScalar(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(TimeSpan) || type == typeof(decimal);
    }

    private static Type? ElementOf(Type type) =>
        type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type)
            ? type.IsArray ? type.GetElementType() : type.GetGenericArguments().LastOrDefault() ?? typeof(string)
            : null;

    private static string? WrongValue(string key, string value, Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            if (value.Length == 0) return null;
            type = inner;
        }

        if (type == typeof(string)) return null;
        if (type == typeof(bool)) return bool.TryParse(value, out _) ? null : $"{key}: '{value}' is neither true nor false.";
        if (type.IsEnum)
            return Enum.GetNames(type).Contains(value, StringComparer.OrdinalIgnoreCase) ? null : $"{key}: '{value}' is none of {string.Join(", ", Enum.GetNames(type))}.";
        if (type == typeof(TimeSpan)) return TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out _) ? null : $"{key}: '{value}' is no time span such as 00:00:30.";
        try
        {
            _ = Convert.ChangeType(value, type, CultureInfo.InvariantCulture);
            return null;
        }
        catch (Exception wrong) when (wrong is FormatException or OverflowException or InvalidCastException)
        {
            return $"{key}: '{value}' is no number that fits ({type.Name}).";
        }
    }

    private static string? OutOfRange(string key, string value, PropertyInfo property) =>
        property.GetCustomAttribute<RangeAttribute>() is { } range && value.Length > 0 && !range.IsValid(value)
            ? $"{key} is {value}; choose {range.Minimum} to {range.Maximum}."
            : null;

    /// <summary>Levenshtein's.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
