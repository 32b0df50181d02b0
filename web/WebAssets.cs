using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Sandbox.Web;

/// <summary>A file that pages ask for.</summary>
/// <param name="ContentType">As HTTP names it.</param>
/// <param name="Content">Compressed by Brotli where <paramref name="IsPacked"/>.</param>
/// <param name="Url">With the hash of its content: it may be kept for ever.</param>
public sealed record WebAsset(string ContentType, byte[] Content, bool IsPacked, string Url)
{
    /// <summary>As it was before it was compressed.</summary>
    public byte[] Plain()
    {
        if (!IsPacked) return Content;
        using var plain = new MemoryStream();
        using var brotli = new BrotliStream(new MemoryStream(Content), CompressionMode.Decompress);
        brotli.CopyTo(plain);
        return plain.ToArray();
    }
}

/// <summary>Files that the pages ask for, carried in the assembly: they are there however the product was published.</summary>
public static class WebAssets
{
    private const string Stylesheet = "site.css";
    private const string Mark = "mark.svg";
    private const string Fonts = "fonts/";

    /// <summary>Scripts and what belongs to them, compressed when they were built.</summary>
    private const string Built = "assets/";

    private static readonly FrozenDictionary<string, string> s_types = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".ttf"] = "font/ttf",
        [".woff2"] = "font/woff2",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>By their name under <c>/assets/</c>.</summary>
    public static IReadOnlyDictionary<string, WebAsset> All { get; } = Load();

    /// <summary>The address of one of them.</summary>
    public static string Url(string name) => All[name].Url;

    internal static byte[] Read(string name)
    {
        using var stream = typeof(WebAssets).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in the assembly.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static FrozenDictionary<string, WebAsset> Load()
    {
        var assets = new Dictionary<string, WebAsset>(StringComparer.Ordinal);
        foreach (var name in typeof(WebAssets).Assembly.GetManifestResourceNames())
        {
            if (name.StartsWith(Fonts, StringComparison.Ordinal)) Add(assets, name[Fonts.Length..], Read(name), isPacked: false);
            if (name.StartsWith(Built, StringComparison.Ordinal)) Add(assets, name[Built.Length..], Read(name), isPacked: true);
        }

        var sheet = new StringBuilder(Encoding.UTF8.GetString(Read(Stylesheet)));
        foreach (var (name, font) in assets) sheet.Replace($"url({name})", $"url({font.Url})");
        Add(assets, Stylesheet, Pack(Encoding.UTF8.GetBytes(sheet.ToString())), isPacked: true);
        Add(assets, Mark, Read(Mark), isPacked: false);
        return assets.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static void Add(Dictionary<string, WebAsset> assets, string name, byte[] content, bool isPacked) =>
        assets[name] = new WebAsset(
            s_types[Path.GetExtension(name)], content, isPacked, $"/assets/{name}?v={Convert.ToHexStringLower(SHA256.HashData(content))[..12]}");

    private static byte[] Pack(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Optimal, leaveOpen: true)) brotli.Write(content);
        return packed.ToArray();
    }
}
