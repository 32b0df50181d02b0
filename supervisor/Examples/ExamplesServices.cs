using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Examples;

/// <summary>Composition of this folder.</summary>
internal static class ExamplesServices
{
    public static IServiceCollection AddExamples(this IServiceCollection services) => services
        .AddSingleton<ExampleStore>()
        .AddSingleton<ExampleRunner>()
        .AddSingleton<IExamples, ExampleService>();
}
