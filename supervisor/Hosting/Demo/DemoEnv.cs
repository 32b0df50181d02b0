using Sandbox.Supervisor.Configuration;

namespace Sandbox.Supervisor.Hosting.Demo;

/// <summary><c>{DataDirectory}/demo.env</c>: how to reach the product and with what, in shell syntax. No value needs quoting.</summary>
internal sealed record DemoEnv(string AdminToken, string Token)
{
    private const string AdminTokenKey = "SANDBOX_ADMIN_TOKEN";
    private const string TokenKey = "SANDBOX_TOKEN";

    public static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, "demo.env");

    /// <summary>The tokens of an earlier start; null where there is no such file or it lacks them.</summary>
    public static DemoEnv? Read(string path)
    {
        if (!File.Exists(path)) return null;
        var values = File.ReadLines(path).Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).ToLookup(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        return values[AdminTokenKey].LastOrDefault() is { Length: > 0 } admin && values[TokenKey].LastOrDefault() is { Length: > 0 } token ? new DemoEnv(admin, token) : null;
    }

    public void Write(string path, DemoUrls urls) => PrivateFile.Write(path, string.Join('\n', [
        $"SANDBOX_URL={urls.Admin}",
        $"SANDBOX_ENDPOINTS_URL={urls.Endpoints}",
        $"SANDBOX_METRICS_URL={urls.Metrics}",
        $"{AdminTokenKey}={AdminToken}",
        $"{TokenKey}={Token}",
        $"SANDBOX_SETUP_URL={urls.Setup}",
        "",
    ]));
}

/// <summary>Where the product is reached on this machine, without a slash at the end.</summary>
/// <param name="Setup">Empty once the link was used.</param>
internal sealed record DemoUrls(string Admin, string Endpoints, string Metrics, string Setup);
