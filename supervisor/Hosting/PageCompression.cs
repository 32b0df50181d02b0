using System.IO.Compression;
using Microsoft.AspNetCore.ResponseCompression;

namespace Sandbox.Supervisor.Hosting;

/// <summary>
/// Compresses pages: a list is mostly the same row again and again. A page that another site made the browser fetch is not compressed, as its
/// length would tell that site whether a text that it chose is on the page.
/// </summary>
internal static class PageCompression
{
    public static IServiceCollection AddPageCompression(this IServiceCollection services)
    {
        services.Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        services.Configure<GzipCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        return services.AddResponseCompression(options =>
        {
            options.EnableForHttps = true;
            options.MimeTypes = ["text/html"];
        });
    }

    public static void UsePageCompression(this IApplicationBuilder app) =>
        app.UseWhen(context => context.Request.Headers["Sec-Fetch-Site"].ToString() is "same-origin" or "none", branch => branch.UseResponseCompression());
}
