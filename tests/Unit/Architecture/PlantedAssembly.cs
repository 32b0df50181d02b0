using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Sandbox.Tests.Unit.Architecture;

/// <summary>An assembly of one type that calls another: shows that a rule notices it, without the forbidden package being there.</summary>
internal sealed class PlantedAssembly : IDisposable
{
    private PlantedAssembly(string path) => Location = path;

    public string Location { get; }

    /// <param name="type">Full name of the type that breaks, or keeps, a rule.</param>
    /// <param name="uses">Full name of the type it calls, inside a method body, as real code would.</param>
    public static PlantedAssembly With(string type, string uses)
    {
        using var assembly = AssemblyDefinition.CreateAssembly(new AssemblyNameDefinition("Planted", new Version(1, 0)), "Planted", ModuleKind.Dll);
        var module = assembly.MainModule;
        var elsewhere = new AssemblyNameReference("Elsewhere", new Version(1, 0));
        module.AssemblyReferences.Add(elsewhere);

        var planted = new TypeDefinition(Namespace(type), Name(type), TypeAttributes.NotPublic | TypeAttributes.Sealed, module.TypeSystem.Object);
        module.Types.Add(planted);
        var method = new MethodDefinition("Run", MethodAttributes.Public | MethodAttributes.Static, module.TypeSystem.Void);
        planted.Methods.Add(method);
        var used = new TypeReference(Namespace(uses), Name(uses), module, elsewhere);
        var body = method.Body.GetILProcessor();
        body.Emit(OpCodes.Call, new MethodReference("Start", module.TypeSystem.Void, used));
        body.Emit(OpCodes.Ret);

        var path = Path.Combine(Path.GetTempPath(), $"planted-{Guid.CreateVersion7():N}.dll");
        assembly.Write(path);
        return new PlantedAssembly(path);
    }

    public void Dispose() => File.Delete(Location);

    private static string Namespace(string fullName) => fullName[..fullName.LastIndexOf('.')];

    private static string Name(string fullName) => fullName[(fullName.LastIndexOf('.') + 1)..];
}
