using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Hosting;
using Sandbox.Supervisor.Workers;

return await StartupErrors.ShowAsync(async () =>
{
    var builder = WebApplication.CreateSlimBuilder();
    using var sockets = builder.AddSandboxHosting(args);
    builder.Services.AddSandboxDatabase(builder.Configuration);
    builder.Services.AddSandboxWorkers();
    builder.Services.AddSandboxExecutions();
    builder.Services.AddSandboxDoors();

    await using var app = builder.Build();
    app.UseSandboxDoors();
    await app.RunAsync();
});
