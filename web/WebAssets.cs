namespace Sandbox.Web;

/// <summary>Files that the pages ask for, carried in the assembly: they are there however the product was published.</summary>
public static class WebAssets
{
    /// <summary>Served as <c>/assets/site.css</c>.</summary>
    public static byte[] Stylesheet { get; } = Read("site.css");

    private static byte[] Read(string name)
    {
        using var stream = typeof(WebAssets).Assembly.GetManifestResourceStream($"Sandbox.Web.Assets.{name}") ?? throw new InvalidOperationException($"{name} is not in the assembly.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
