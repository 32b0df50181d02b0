namespace Sandbox.Supervisor.Connections;

/// <summary>One parameter in the query of a URL; the others stay as they are written.</summary>
internal static class QueryParameter
{
    /// <summary>The URL with this value alone.</summary>
    public static Uri Set(Uri url, string name, string value) =>
        With(url, [.. Parts(url).Where(part => Split(part).Name != name), $"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}"]);

    /// <summary>The URL without the parameter where it has this value.</summary>
    public static Uri Remove(Uri url, string name, string value)
    {
        var parts = Parts(url);
        string[] kept = [.. parts.Where(part => Split(part) != (name, value))];
        return kept.Length == parts.Length ? url : With(url, kept);
    }

    private static string[] Parts(Uri url) => url.Query.Length > 1 ? url.Query[1..].Split('&') : [];

    private static Uri With(Uri url, IEnumerable<string> parts) => new UriBuilder(url) { Query = string.Join('&', parts) }.Uri;

    private static (string Name, string Value) Split(string part)
    {
        var equals = part.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (Decode(part), "") : (Decode(part[..equals]), Decode(part[(equals + 1)..]));
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
