using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Types;

/// <summary>Composition of this folder.</summary>
internal static class TypesServices
{
    public static IServiceCollection AddTypes(this IServiceCollection services) => services.AddSingleton<ISdkTypes, SdkTypesService>();
}
