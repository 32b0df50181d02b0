using System.Reflection;
using Sandbox.Supervisor.Entities;

namespace Sandbox.Supervisor.Types;

/// <summary>The declarations of the sdk for one tenant. Its calls of <c>sdk.db</c> stand in for those that take any entity.</summary>
internal static class Declarations
{
    private const string AnyEntity = "interface SandboxDbCalls {";
    private static readonly string s_shared = Shared();

    public static string Of(IReadOnlyList<OpenedEntity> entities) => s_shared + DeclaredEntities.Of(entities);

    private static string Shared()
    {
        var sdk = Read("sandbox.d.ts");
        if (!sdk.Contains(AnyEntity, StringComparison.Ordinal)) throw new InvalidOperationException($"sandbox.d.ts has no '{AnyEntity}'.");
        return sdk.Replace(AnyEntity, "interface SandboxAnyDbCalls {", StringComparison.Ordinal) + Read("entities.d.ts");
    }

    private static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Sandbox.Supervisor.Types.{name}")
            ?? throw new InvalidOperationException($"The build left out {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
