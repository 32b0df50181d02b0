using System.Reflection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;
using Sandbox.Supervisor.Configuration;

namespace Sandbox.Supervisor.Database;

/// <summary>Composition of this folder, the stores and the history. Before the executions' own services: what is added first is stopped last.</summary>
internal static class DatabaseServices
{
    public static IServiceCollection AddSandboxDatabase(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(Options.Create(Read(configuration)));
        services.AddSingleton(NamedDatabases.Read(configuration));
        services.AddSingleton(new DataDirectory(configuration[$"{SandboxOptions.Section}:{nameof(SandboxOptions.DataDirectory)}"]));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<DatabaseStartup>();
        services.AddSingleton<Db>();
        services.AddHostedService<PartitionMaintenance>();
        return services;
    }

    /// <exception cref="DatabaseException">A key is unknown or a value wrong; the message names it.</exception>
    internal static DatabaseOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(DatabaseOptions.Section);
        var known = typeof(DatabaseOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => property.Name).ToList();
        foreach (var child in section.GetChildren())
        {
            if (!known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                throw new DatabaseException($"{DatabaseOptions.Section}:{child.Key} is no setting; there are {string.Join(", ", known)}.");
        }

        var options = new DatabaseOptions
        {
            ConnectionString = section[nameof(DatabaseOptions.ConnectionString)]?.Trim() ?? "",
            BinDirectory = section[nameof(DatabaseOptions.BinDirectory)]?.Trim() ?? "",
            Connections = Number(section, nameof(DatabaseOptions.Connections), new DatabaseOptions().Connections, 8, 500),
            HistoryDays = Number(section, nameof(DatabaseOptions.HistoryDays), new DatabaseOptions().HistoryDays, 1, 3_650),
            BacklogRecords = Number(section, nameof(DatabaseOptions.BacklogRecords), new DatabaseOptions().BacklogRecords, 1_000, 1_000_000),
        };
        CheckConnectionString(options.ConnectionString);
        return options;
    }

    private static int Number(IConfigurationSection section, string key, int otherwise, int least, int most)
    {
        if (section[key] is not { Length: > 0 } text)
            return otherwise;
        return int.TryParse(text, out var value) && value >= least && value <= most
            ? value
            : throw new DatabaseException($"{DatabaseOptions.Section}:{key} is '{text}'; it takes a number from {least} to {most}.");
    }

    private static void CheckConnectionString(string text)
    {
        try
        {
            if (text.Length > 0 && string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(text).Host))
                throw new DatabaseException($"{DatabaseOptions.Section}:ConnectionString names no Host.");
        }
        catch (ArgumentException e)
        {
            // The text itself may hold a password: not into a message.
            throw new DatabaseException($"{DatabaseOptions.Section}:ConnectionString cannot be read (Host=…;Username=…;Password=…;Database=…): {e.Message}", e);
        }
    }
}
