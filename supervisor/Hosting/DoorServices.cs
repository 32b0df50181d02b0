using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.Extensions.Options;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Alerts;
using Sandbox.Supervisor.Audit;
using Sandbox.Supervisor.Changes;
using Sandbox.Supervisor.Configuration;
using Sandbox.Supervisor.Connections;
using Sandbox.Supervisor.DeadLetters;
using Sandbox.Supervisor.Email;
using Sandbox.Supervisor.Entities;
using Sandbox.Supervisor.Errors;
using Sandbox.Supervisor.Events;
using Sandbox.Supervisor.Examples;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Hooks;
using Sandbox.Supervisor.Hosting.Configuration;
using Sandbox.Supervisor.Hosting.Demo;
using Sandbox.Supervisor.Hosting.Readiness;
using Sandbox.Supervisor.Hosting.Web;
using Sandbox.Supervisor.HttpTriggers;
using Sandbox.Supervisor.Listeners;
using Sandbox.Supervisor.People;
using Sandbox.Supervisor.Queue;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Schedules;
using Sandbox.Supervisor.Scripts;
using Sandbox.Supervisor.Secrets;
using Sandbox.Supervisor.Tenants;
using Sandbox.Supervisor.Tries;
using Sandbox.Supervisor.Usage;
using Sandbox.Web;
using Sandbox.Web.Components;

namespace Sandbox.Supervisor.Hosting;

/// <summary>Composition of the doors: listeners, REST, endpoints, pages, demo.</summary>
internal static class DoorServices
{
    /// <summary>What comes first of all: settings checked, ports bound. Throws <see cref="StartupException"/>.</summary>
    public static ListenSockets AddSandboxHosting(this WebApplicationBuilder builder, string[] args)
    {
        ConfigurationSetup.Load(builder.Configuration, args);
        ConfigurationSetup.Check(builder.Configuration);
        builder.Services.AddSandboxOptions<SandboxOptions>(builder.Configuration, SandboxOptions.Section);
        builder.Services.AddSandboxOptions<ListenOptions>(builder.Configuration, ListenOptions.Section);
        builder.Services.AddSandboxOptions<ProxyOptions>(builder.Configuration, ProxyOptions.Section);
        builder.Services.AddSandboxOptions<WebOptions>(builder.Configuration, WebOptions.Section);
        builder.Services.AddSandboxOptions<DrainOptions>(builder.Configuration, DrainOptions.Section);
        builder.Services.AddSandboxOptions<DemoOptions>(builder.Configuration, DemoOptions.Section);
        builder.Services.AddSingleton(new TrustedProxies(ConfigurationSetup.Read<ProxyOptions>(builder.Configuration, ProxyOptions.Section)));
        builder.Services.AddSingleton(TimeProvider.System);
        // Longer than the drain, so that what comes after it still has its time.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(ConfigurationSetup.Read<DrainOptions>(builder.Configuration, DrainOptions.Section).Seconds + 30));
        builder.Host.UseSystemd();
        LoggingSetup.Apply(builder.Logging);

        MakeDataDirectory(ConfigurationSetup.Read<SandboxOptions>(builder.Configuration, SandboxOptions.Section).DataDirectory);
        var sockets = ListenSockets.Bind(ConfigurationSetup.Read<ListenOptions>(builder.Configuration, ListenOptions.Section));
        builder.Services.AddHostedService<DatabaseOpening>();
        builder.Services.AddSingleton(sockets);
        builder.Services.AddSingleton<Drain>();
        builder.Services.AddSingleton<RefusedRequests>();
        KestrelSetup.Apply(builder.WebHost, sockets);
        return sockets;
    }

    private static void MakeDataDirectory(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new StartupException($"{SandboxOptions.Section}:{nameof(SandboxOptions.DataDirectory)}: '{path}' cannot be made ({e.Message}). Choose a folder that this user may write.", e);
        }
    }

    public static IServiceCollection AddSandboxDoors(this IServiceCollection services)
    {
        services.AddRest();
        services.AddSingleton<SetupLink>();
        services.AddSingleton<ISetup, Setup>();
        services.AddSingleton<IReadinessCheck, DatabaseCheck>();
        services.AddSingleton<IReadinessCheck, WorkersCheck>();
        services.AddSingleton<IReadinessCheck, IsolationCheck>();
        services.AddSingleton<IReadinessCheck, HistoryCheck>();
        services.AddRouting();
        services.AddApiDescription(
            ScriptsJson.Default,
            TenantsJson.Default,
            PeopleJson.Default,
            ExecutionsJson.Default,
            EntitiesJson.Default,
            SecretsJson.Default,
            ConnectionsJson.Default,
            ExamplesJson.Default,
            EmailJson.Default,
            UsageJson.Default,
            ErrorsJson.Default,
            AuditJson.Default,
            QueueJson.Default,
            DeadLettersJson.Default,
            AlertsJson.Default,
            EventsJson.Default,
            SchedulesJson.Default,
            HooksJson.Default,
            TriesJson.Default);
        services.AddScoped<PageZone>();
        services.AddLocalization();
        services.AddPageCompression();
        services.AddRazorPages(pages => pages.Conventions
                .ConfigureFilter(new Microsoft.AspNetCore.Mvc.IgnoreAntiforgeryTokenAttribute())
                .ConfigureFilter(new PageZone.Filter()))
            .ConfigureApplicationPartManager(parts =>
            {
                if (!parts.ApplicationParts.OfType<CompiledRazorAssemblyPart>().Any(part => part.Assembly == typeof(WebRoom).Assembly))
                    parts.ApplicationParts.Add(new CompiledRazorAssemblyPart(typeof(WebRoom).Assembly));
                if (!parts.ApplicationParts.OfType<AssemblyPart>().Any(part => part.Assembly == typeof(WebRoom).Assembly))
                    parts.ApplicationParts.Add(new AssemblyPart(typeof(WebRoom).Assembly));
            });
        // Razor Pages bring along a service that reads the key ring at start. KeyRingOpening does so, once the key file has been tried.
        foreach (var reader in services.Where(IsDataProtections).ToArray()) services.Remove(reader);
        services.AddHostedService<CacheLoader>();
        services.AddHostedService<ChangesListener>();
        services.AddSingleton<DemoTenant>();
        services.AddSingleton<DemoData>();
        services.AddSingleton<DemoSettings>();
        services.AddHostedService<SystemdWatchdog>();
        services.AddHostedService<StartupBanner>();
        return services;
    }

    private static bool IsDataProtections(ServiceDescriptor service) =>
        service.ServiceType == typeof(IHostedService)
        && service.ImplementationType?.Assembly == typeof(Microsoft.AspNetCore.DataProtection.EphemeralDataProtectionProvider).Assembly;

    /// <summary>Binds an options class for those that take it plain and for those that take it as <see cref="IOptions{T}"/>.</summary>
    private static void AddSandboxOptions<T>(this IServiceCollection services, IConfiguration configuration, string section) where T : class, new()
    {
        services.AddSingleton(ConfigurationSetup.Read<T>(configuration, section));
        services.AddSingleton(provider => Options.Create(provider.GetRequiredService<T>()));
    }
}
