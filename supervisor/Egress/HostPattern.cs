using System.Globalization;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Egress;

/// <summary>An entry of a list of hosts: <c>api.example.com</c>, <c>*.example.com</c>, <c>10.1.2.3</c>, <c>[fd00::5]</c>, each with or without <c>:port</c>.</summary>
/// <param name="Name">As <see cref="UrlHost.Name"/>; with a star, what must follow it, from the dot on.</param>
/// <param name="Port">Null: whatever ports are open to all.</param>
internal readonly record struct HostPattern(string Name, bool IsSuffix, int? Port)
{
    /// <summary>Null where it is no such entry.</summary>
    public static HostPattern? Parse(string text, bool allowsSuffix = true)
    {
        var colon = text.LastIndexOf(':');
        int? port = null;
        if (colon > text.LastIndexOf(']'))
        {
            if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is 0 or > 65_535) return null;
            (text, port) = (text[..colon], number);
        }

        var isSuffix = allowsSuffix && text.StartsWith("*.", StringComparison.Ordinal);
        if (UrlHost.Parse(isSuffix ? text[2..] : text) is not { } host) return null;
        if (isSuffix && host.Address is not null) return null;
        return new HostPattern(isSuffix ? $".{host.Name}" : host.Name, isSuffix, port);
    }

    public bool Matches(UrlHost host, int port) =>
        (Port is null || Port == port) && (IsSuffix ? host.Address is null && host.Name.EndsWith(Name, StringComparison.Ordinal) && host.Name.Length > Name.Length : host.Name == Name);

    /// <summary>As it is stored and shown.</summary>
    public override string ToString()
    {
        var host = IsSuffix ? $"*{Name}" : Name.Contains(':', StringComparison.Ordinal) ? $"[{Name}]" : Name;
        return Port is { } port ? $"{host}:{port}" : host;
    }
}
