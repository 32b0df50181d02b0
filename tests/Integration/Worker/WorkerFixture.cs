using Xunit;

namespace Sandbox.Tests.Integration.Worker;

/// <summary>One worker for the tests of a class that harm it not.</summary>
public sealed class WorkerFixture : IAsyncLifetime
{
    public WorkerProcess Worker { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Worker = await WorkerProcess.StartAsync();

    public ValueTask DisposeAsync() => Worker.DisposeAsync();
}
