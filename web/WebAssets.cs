using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Sandbox.Web;

/// <summary>A file that pages ask for.</summary>
/// <param name="ContentType">As HTTP names it.</param>
/// <param name="Url">With the hash of its content: it may be kept for ever.</param>
public sealed record WebAsset(string ContentType, byte[] Content, string Url);

/// <summary>Files that the pages ask for, carried in the assembly: they are there however the product was published.</summary>
public static class WebAssets
{
    private const string Stylesheet = "site.css";
    private const string Fonts = "fonts/";

    /// <summary>By their name under <c>/assets/</c>.</summary>
    public static IReadOnlyDictionary<string, WebAsset> All { get; } = Load();

    /// <summary>The address of one of them.</summary>
    public static string Url(string name) => All[name].Url;

    private static FrozenDictionary<string, WebAsset> Load()
    {
        var names = typeof(WebAssets).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Fonts, StringComparison.Ordinal));
        var assets = names.ToDictionary(name => name[Fonts.Length..], name => Asset(name[Fonts.Length..], "font/woff2", Read(name)), StringComparer.Ordinal);
        var sheet = new StringBuilder(Encoding.UTF8.GetString(Read(Stylesheet)));
        foreach (var (name, font) in assets) sheet.Replace($"url({name})", $"url({font.Url})");
        assets[Stylesheet] = Asset(Stylesheet, "text/css", Encoding.UTF8.GetBytes(sheet.ToString()));
        return assets.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static WebAsset Asset(string name, string contentType, byte[] content) =>
        new(contentType, content, $"/assets/{name}?v={Convert.ToHexStringLower(SHA256.HashData(content))[..12]}");

    internal static byte[] Read(string name)
    {
        using var stream = typeof(WebAssets).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in the assembly.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
