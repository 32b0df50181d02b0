using System.Text;
using System.Text.RegularExpressions;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.Secrets;

/// <summary>What a secret may be called and hold.</summary>
internal static partial class SecretRules
{
    /// <summary>Characters of a name.</summary>
    public const int NameMax = 100;

    /// <summary>Bytes of a value in UTF-8.</summary>
    private const int ValueBytesMax = 16 * 1024;

    /// <summary>Null where both are acceptable.</summary>
    public static Problem? Refusal(string name, string? value)
    {
        var errors = new List<FieldError>();
        if (NameError(name) is { } error) errors.Add(error);
        if (ValueComplaint(value) is { } complaint) errors.Add(new FieldError("value", complaint));
        return errors.Count > 0 ? Problem.Invalid([.. errors]) : null;
    }

    /// <summary>Null where a secret or connection may have this name.</summary>
    public static FieldError? NameError(string name) => NameGrammar().IsMatch(name)
        ? null
        : new FieldError(
            "name",
            $"must be 1 to {NameMax} characters: lower-case letters, digits, hyphens and underscores, beginning with a letter");

    public static IReadOnlyList<string> Warnings(string value, string field = "value") => value.Length >= SecretMask.CharactersMin
        ? []
        : [$"{field}: has fewer than {SecretMask.CharactersMin} characters, so it is not masked in logs, outputs and errors"];

    private static string? ValueComplaint(string? value)
    {
        if (string.IsNullOrEmpty(value)) return $"must be a string of 1 to {ValueBytesMax} bytes";
        if (Rest.Text.HasLoneSurrogate(value)) return "must be Unicode text; it holds a lone surrogate";
        var bytes = Encoding.UTF8.GetByteCount(value);
        return bytes > ValueBytesMax ? $"has {bytes} bytes in UTF-8; at most {ValueBytesMax} are kept" : null;
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9_-]{0,99}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NameGrammar();
}
