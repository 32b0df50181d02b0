namespace Sandbox.Tests.Unit.Architecture;

/// <summary>The rules of ARCHITECTURE.md, "Never", by name.</summary>
internal static class DependencyRules
{
    private const string Supervisor = "Sandbox.Supervisor";
    private static readonly string[] Processes = ["System.Diagnostics.Process", "System.Diagnostics.ProcessStartInfo", "CliWrap"];

    public static IReadOnlyDictionary<string, DependencyRule> All { get; } = new Dictionary<string, DependencyRule>(StringComparer.Ordinal)
    {
        ["protocol knows no room"] = new("protocol", "Sandbox.Protocol.dll", "Sandbox.Protocol",
            Supervisor, "Sandbox.Worker", "Sandbox.Web"),

        ["the pipe's messages know nothing of the trusted API"] = new("protocol", "Sandbox.Protocol.dll", "Sandbox.Protocol.Rpc",
            "Sandbox.Protocol.Api"),

        ["worker: no database, no web server, no trusted API"] = new("worker", "Sandbox.Worker.dll", "Sandbox.Worker",
            "Npgsql", "Dapper", "Microsoft.AspNetCore", "Sandbox.Protocol.Api", Supervisor, "Sandbox.Web"),

        ["worker: no processes, no sockets"] = new("worker", "Sandbox.Worker.dll", "Sandbox.Worker",
            [.. Processes, "System.Net.Sockets", "System.Net.Http"]),

        ["web: protocol alone"] = new("web", "Sandbox.Web.dll", "Sandbox.Web",
            [Supervisor, "Dapper", "Npgsql", "Sandbox.Protocol.Rpc", .. Processes]),

        ["supervisor: no JavaScript engine"] = new("supervisor", "Sandbox.Supervisor.dll", Supervisor,
            "Microsoft.ClearScript", "Acornima", "Sandbox.Worker"),

        ["Workers know no Executions"] = new("supervisor", "Sandbox.Supervisor.dll", Supervisor + ".Workers",
            Supervisor + ".Executions"),

        ["HttpTriggers: the doors and their own store"] = Trigger("HttpTriggers", others: ["Schedules", "Events"]),
        ["Schedules: the doors and their own store"] = Trigger("Schedules", others: ["HttpTriggers", "Events"]),
        ["Events: the doors and their own store"] = Trigger("Events", others: ["HttpTriggers", "Schedules"]),

        ["Dapper in stores alone"] = new("supervisor", "Sandbox.Supervisor.dll", Supervisor, "Dapper")
        {
            Except = [Supervisor + ".Database"],
            ExceptNamesEnding = "Store",
        },

        ["processes in Workers alone"] = new("supervisor", "Sandbox.Supervisor.dll", Supervisor, Processes)
        {
            // The embedded PostgreSQL is the one other child; its own folder of Database/ holds it.
            Except = [Supervisor + ".Workers", Supervisor + ".Database.EmbeddedPostgres"],
        },
    };

    private static DependencyRule Trigger(string folder, string[] others) =>
        new("supervisor", "Sandbox.Supervisor.dll", $"{Supervisor}.{folder}",
            [
                Supervisor + ".Executions", Supervisor + ".Workers", Supervisor + ".Broker",
                Supervisor + ".Scripts", Supervisor + ".Tenants", Supervisor + ".Alerts",
                .. others.Select(other => $"{Supervisor}.{other}"),
            ]);
}
