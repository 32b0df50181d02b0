using System.Reflection;

namespace Sandbox.Tests.Unit.Architecture;

/// <summary>The rules of ARCHITECTURE.md, "Never", by name.</summary>
internal static class DependencyRules
{
    private const string Supervisor = "Sandbox.Supervisor";
    private static readonly string[] Processes = ["System.Diagnostics.Process", "System.Diagnostics.ProcessStartInfo"];

    public static IReadOnlyDictionary<string, DependencyRule> All { get; } = new Dictionary<string, DependencyRule>(StringComparer.Ordinal)
    {
        ["protocol knows no room"] = new("protocol", "Sandbox.Protocol.dll", "Sandbox.Protocol",
            Supervisor, "Sandbox.Worker", "Sandbox.Web"),

        ["the pipe's messages know nothing of the trusted API"] = new("protocol", "Sandbox.Protocol.dll", "Sandbox.Protocol.Rpc",
            "Sandbox.Protocol.Api"),

        ["worker: no database, no web server, no trusted API"] = new("worker", "Sandbox.Worker.dll", "Sandbox.Worker",
            "Npgsql", "Dapper", "Microsoft.AspNetCore", "Sandbox.Protocol.Api", Supervisor, "Sandbox.Web"),

        ["worker: no processes, no sockets"] = new("worker", "Sandbox.Worker.dll", "Sandbox.Worker",
            "CliWrap", "System.Net.Sockets", "System.Net.Http")
        {
            NeverTypes = Processes,
        },

        ["web: protocol alone"] = new("web", "Sandbox.Web.dll", "Sandbox.Web",
            Supervisor, "Dapper", "Npgsql", "Sandbox.Protocol.Rpc", "CliWrap")
        {
            NeverTypes = Processes,
        },

        ["supervisor: no JavaScript engine"] = new("supervisor", "Sandbox.Supervisor.dll", Supervisor,
            "Microsoft.ClearScript", "Jint"),

        ["a parser of JavaScript in Uses alone"] = new("supervisor", "Sandbox.Supervisor.dll", Supervisor, "Acornima")
        {
            ExceptNamesBeginning = [Supervisor + ".Uses."],
        },

        ["Uses know no broker"] = new("supervisor", "Sandbox.Supervisor.dll", Supervisor + ".Uses",
            Supervisor + ".Broker"),

        ["Workers know no Executions"] = new("supervisor", "Sandbox.Supervisor.dll", Supervisor + ".Workers",
            Supervisor + ".Executions"),

        ["HttpTriggers: the doors and their own store"] = Trigger("HttpTriggers", others: ["Schedules", "Events"]) with
        {
            // It reads the scripts, tenants and secrets held in memory, and shares the shape of an http trigger with those who check it; nothing else.
            NeverTypes =
            [
                .. TypesIn("Scripts", but: [".ScriptCache", ".ScriptsJson", ".HttpTrigger", ".HttpCors", ".HttpAuth", ".HttpMode", ".HttpWebhook", ".WebhookProvider", ".StandardKey", ".ISecretLookup", ".RouteTemplate", ".RouteSegment", ".RouteKeys"]),
                .. TypesIn("Tenants", but: ".TenantDirectory"),
            ],
        },
        ["Schedules: the doors and their own store"] = Trigger("Schedules", others: ["HttpTriggers", "Events"]) with
        {
            // It reads the scripts held in memory, and shares the meaning of a cron expression with those who check it; nothing else.
            NeverTypes = [.. TypesIn("Scripts", but: [".ScriptCache", ".CronSchedule"]), .. TypesIn("Tenants")],
        },
        // sdk.events.publish is a capability of the broker, and a subscription is read from a script's trigger.
        ["Events: the doors, the broker and their own stores"] = new("supervisor", "Sandbox.Supervisor.dll", Supervisor + ".Events",
            Supervisor + ".Executions", Supervisor + ".Workers", Supervisor + ".Alerts", Supervisor + ".HttpTriggers", Supervisor + ".Schedules")
        {
            NeverTypes = [.. TypesIn("Scripts", but: [".ScriptsJson", ".EventTrigger", ".EventBatch", ".EventFilter", ".PayloadPath"]), .. TypesIn("Tenants")],
        },

        ["one way out: nothing but Egress connects to the outside"] = new("supervisor", "Sandbox.Supervisor.dll", Supervisor)
        {
            NeverTypes =
            [
                "System.Net.Http.HttpClient", "System.Net.Http.HttpClientHandler", "System.Net.Http.SocketsHttpHandler", "System.Net.WebClient", "System.Net.WebRequest",
                "System.Net.Sockets.TcpClient", "System.Net.Sockets.Socket", "System.Net.Sockets.UdpClient", "System.Net.Dns", "System.Net.Mail.SmtpClient", "System.Net.WebSockets.ClientWebSocket",
            ],

            // These listen, or talk to the machine itself.
            ExceptNamesBeginning = [Supervisor + ".Egress.", Supervisor + ".Listeners.", Supervisor + ".Hosting.", Supervisor + ".Database.EmbeddedPostgres"],
        },

        ["Dapper in stores alone"] = new("supervisor", "Sandbox.Supervisor.dll", Supervisor, "Dapper")
        {
            ExceptNamesBeginning = [Supervisor + ".Database."],
            ExceptNamesEnding = "Store",
        },

        ["processes in Workers alone"] = new("supervisor", "Sandbox.Supervisor.dll", Supervisor, "CliWrap")
        {
            NeverTypes = Processes,

            // The embedded PostgreSQL is the one other child.
            ExceptNamesBeginning = [Supervisor + ".Workers.", Supervisor + ".Database.EmbeddedPostgres"],
        },
    };

    private static DependencyRule Trigger(string folder, string[] others) =>
        new("supervisor", "Sandbox.Supervisor.dll", $"{Supervisor}.{folder}",
            [
                Supervisor + ".Executions", Supervisor + ".Workers", Supervisor + ".Broker", Supervisor + ".Alerts",
                .. others.Select(other => $"{Supervisor}.{other}"),
            ]);

    /// <summary>Types of a folder of the supervisor as it is now, but those whose full name contains one of <paramref name="but"/>.</summary>
    private static IEnumerable<string> TypesIn(string folder, params string[] but) =>
        Assembly.Load("Sandbox.Supervisor").GetTypes()
            .Where(type => !type.IsNested && type.FullName!.StartsWith($"{Supervisor}.{folder}.", StringComparison.Ordinal))
            .Select(type => type.FullName!)
            .Where(name => !but.Any(part => name.Contains(part, StringComparison.Ordinal)));
}
