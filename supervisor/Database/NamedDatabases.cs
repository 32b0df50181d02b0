using System.Text.RegularExpressions;
using Npgsql;

namespace Sandbox.Supervisor.Database;

/// <summary>The other databases of the configuration, checked.</summary>
internal sealed partial record NamedDatabases(IReadOnlyDictionary<string, NamedDatabaseOptions> ByName)
{
    /// <exception cref="DatabaseException">A name or a value is wrong; the message names the setting.</exception>
    public static NamedDatabases Read(IConfiguration configuration)
    {
        var databases = new Dictionary<string, NamedDatabaseOptions>(StringComparer.Ordinal);
        foreach (var section in configuration.GetSection(NamedDatabaseOptions.Root).GetChildren())
        {
            if (!Name().IsMatch(section.Key))
                throw new DatabaseException($"{section.Path}: '{section.Key}' is no name of a database; it takes a-z, 0-9 and hyphens, beginning with a letter, at most 63.");
            databases.Add(section.Key, Read(section));
        }

        return new NamedDatabases(databases);
    }

    private static NamedDatabaseOptions Read(IConfigurationSection section)
    {
        var options = new NamedDatabaseOptions { ConnectionString = section[nameof(NamedDatabaseOptions.ConnectionString)]?.Trim() ?? "" };
        if (section[nameof(NamedDatabaseOptions.Connections)] is { Length: > 0 } text)
        {
            options.Connections = int.TryParse(text, out var number) && number is >= 1 and <= 500
                ? number
                : throw new DatabaseException($"{section.Path}:{nameof(NamedDatabaseOptions.Connections)} is '{text}'; it takes a number from 1 to 500.");
        }

        try
        {
            var builder = new NpgsqlConnectionStringBuilder(options.ConnectionString);
            if (string.IsNullOrEmpty(builder.Host) || string.IsNullOrEmpty(builder.Username))
                throw new DatabaseException($"{section.Path}:ConnectionString names no Host or no Username.");
        }
        catch (ArgumentException e)
        {
            // The text itself may hold a password: not into a message.
            throw new DatabaseException($"{section.Path}:ConnectionString cannot be read (Host=…;Username=…;Password=…;Database=…): {e.Message}", e);
        }

        return options;
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{0,62}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
