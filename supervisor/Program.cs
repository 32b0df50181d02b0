using Sandbox.Supervisor.Alerts;
using Sandbox.Supervisor.Audit;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Cache;
using Sandbox.Supervisor.Changes;
using Sandbox.Supervisor.Checkpoints;
using Sandbox.Supervisor.Connections;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.DeadLetters;
using Sandbox.Supervisor.Egress;
using Sandbox.Supervisor.Email;
using Sandbox.Supervisor.Entities;
using Sandbox.Supervisor.Errors;
using Sandbox.Supervisor.Events;
using Sandbox.Supervisor.Examples;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Figures;
using Sandbox.Supervisor.History;
using Sandbox.Supervisor.Hooks;
using Sandbox.Supervisor.Hosting;
using Sandbox.Supervisor.HttpTriggers;
using Sandbox.Supervisor.People;
using Sandbox.Supervisor.Queue;
using Sandbox.Supervisor.Schedules;
using Sandbox.Supervisor.Scripts;
using Sandbox.Supervisor.Secrets;
using Sandbox.Supervisor.Tenants;
using Sandbox.Supervisor.Tries;
using Sandbox.Supervisor.Types;
using Sandbox.Supervisor.Usage;
using Sandbox.Supervisor.Uses;
using Sandbox.Supervisor.Workers;

// Read once, when the first regular expression is made: those of a JSON Schema have no timeout of their own.
AppContext.SetData("REGEX_DEFAULT_MATCH_TIMEOUT", TimeSpan.FromSeconds(1));

return await StartupErrors.ShowAsync(async () =>
{
    var builder = WebApplication.CreateSlimBuilder();
    using var sockets = builder.AddSandboxHosting(args);
    builder.Services.AddSandboxDatabase(builder.Configuration)
        .AddHistory()
        .AddUsage()
        .AddFigures()
        .AddErrors()
        .AddAudit()
        .AddSandboxWorkers()
        .AddUses()
        .AddBroker()
        .AddCache()
        .AddCheckpoints()
        .AddSecrets()
        .AddEgress()
        .AddEmail()
        .AddSandboxConnections()
        .AddQueue()
        .AddDeadLetters()
        .AddAlerts()
        .AddSchedules()
        .AddEvents()
        .AddSandboxExecutions()
        .AddChangesFeed()
        .AddTenants()
        .AddPeople()
        .AddEntities()
        .AddData()
        .AddTypes()
        .AddScripts()
        .AddTries()
        .AddExamples()
        .AddHooks(builder.Configuration)
        .AddHttpTriggers()
        .AddSandboxDoors();

    await using var app = builder.Build();
    app.UseSandboxDoors();
    await app.RunAsync();
});
