using Sandbox.Supervisor.Configuration;
using Sandbox.Supervisor.Hooks;

namespace Sandbox.Supervisor.Hosting.Configuration;

/// <summary>
/// Where settings come from, weakest first: <c>appsettings.json</c> beside the program, the same in the working directory, the
/// environment (<c>Sandbox__Listen__Admin</c>), the command line (<c>--Sandbox:Listen:Admin=…</c>). A key that does not exist stops the start.
/// </summary>
internal static class ConfigurationSetup
{
    private static readonly string[] Roots = [SandboxOptions.Section, "Logging"];

    public static void Load(ConfigurationManager configuration, string[] args)
    {
        foreach (var argument in args)
        {
            var key = argument.TrimStart('-', '/').Split('=')[0];
            if (!argument.StartsWith("--", StringComparison.Ordinal) || !Roots.Contains(key.Split(':')[0], StringComparer.OrdinalIgnoreCase) || !argument.Contains('='))
                throw new StartupException($"'{argument}' is no argument of this program. Settings are given as --Sandbox:Listen:Admin=http://127.0.0.1:8080.");
        }

        configuration.Sources.Clear();
        configuration
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true, reloadOnChange: false)
            .AddJsonFile(Path.Combine(Directory.GetCurrentDirectory(), "appsettings.json"), optional: true, reloadOnChange: false)
            .AddEnvironmentVariables()
            .AddCommandLine(args);
    }

    /// <summary>Throws <see cref="StartupException"/> naming every key that does not exist or cannot be read.</summary>
    public static void Check(IConfiguration configuration)
    {
        var known = new KnownKeys(typeof(ConfigurationSetup).Assembly);
        var complaints = new List<string>();
        foreach (var (key, value) in configuration.GetSection(SandboxOptions.Section).AsEnumerable())
        {
            // A node that only holds others has no value of its own; an empty one set by the environment has "".
            if (value is null || string.Equals(key, SandboxOptions.Section, StringComparison.OrdinalIgnoreCase)) continue;
            if (known.Complaint(key, value) is { } complaint) complaints.Add(complaint);
        }

        complaints.AddRange(HookDeclarations.Read(configuration).Complaints);
        if (complaints.Count > 0) throw new StartupException($"Configuration: {string.Join(' ', complaints)}");
    }

    /// <summary>Binds the options class to its section; read at once, not again.</summary>
    public static T Read<T>(IConfiguration configuration, string section) where T : class, new()
    {
        var options = new T();
        configuration.GetSection(section).Bind(options);
        return options;
    }
}
