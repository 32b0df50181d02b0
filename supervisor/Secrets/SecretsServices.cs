using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Changes;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.Secrets;

/// <summary>Composition of this folder: secrets, and the key ring that encrypts them.</summary>
internal static class SecretsServices
{
    public static IServiceCollection AddSecrets(this IServiceCollection services)
    {
        services.AddOptions<SecretsOptions>().BindConfiguration(SecretsOptions.Section);
        services.AddSingleton<KeyFile>();
        services.AddSingleton<KeyRingStore>();

        // The name is part of what a value is encrypted under: without one it would be the folder of the program.
        services.AddDataProtection().SetApplicationName("sandbox");
        services.AddOptions<KeyManagementOptions>().Configure<KeyRingStore, KeyFile>((ring, store, file) =>
        {
            ring.XmlRepository = store;
            ring.XmlEncryptor = new KeyRingEncryptor(file);
        });
        services.AddHostedService<KeyRingOpening>();
        services.AddSingleton<SecretCipher>();
        services.AddSingleton<SecretStore>();
        services.AddSingleton<SecretValues>().AddChangeSubscriber<SecretValues>();
        services.AddSingleton<ISecretLookup>(provider => provider.GetRequiredService<SecretValues>());
        services.AddSingleton<ISecrets, SecretService>();
        services.AddSingleton<ICapability, SecretGet>();
        return services;
    }
}
