using System.Diagnostics;
using Sandbox.Tests.Integration.Product;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Worker;

/// <summary>TypeScript's compiler, as the editor checks scripts.</summary>
internal sealed class TypesCompiler : IDisposable
{
    private static readonly string s_worker = Path.Combine(RunningProduct.Root, "worker");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("types-");

    /// <summary>The declarations that hold for every tenant.</summary>
    public static string Shared { get; } = File.ReadAllText(Path.Combine(s_worker, "runtime/sandbox.d.ts"));

    /// <summary>The text of the script, wrapped as the product wraps it.</summary>
    public static string Wrapped(string source) =>
        source.Contains("export default", StringComparison.Ordinal)
            ? source
            : $"(function () {{ 'use strict'; return (async function () {{\n{source}\n}})(); }});";

    /// <summary>What the compiler says of declarations and of scripts; empty: nothing.</summary>
    public async Task<string> CompileAsync(string types, params string[] sources)
    {
        var start = new ProcessStartInfo("node") { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true };
        string[] options =
        [
            Path.Combine(s_worker, "node_modules/typescript/bin/tsc"), "--noEmit", "--strict", "--noImplicitAny", "false", "--skipDefaultLibCheck",
            "--lib", "es2023", "--target", "es2023", "--allowJs", "--checkJs",
        ];
        foreach (var argument in options) start.ArgumentList.Add(argument);
        foreach (var (name, text) in sources.Select((source, i) => ($"script-{i}.js", Wrapped(source))).Prepend(("sandbox.d.ts", types)))
        {
            var file = Path.Combine(_folder.FullName, name);
            await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
            start.ArgumentList.Add(file);
        }

        using var compiler = Process.Start(start)!;
        var said = await compiler.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await compiler.WaitForExitAsync(TestContext.Current.CancellationToken);
        (compiler.ExitCode == 0).ShouldBe(said.Length == 0, said);
        return said;
    }

    /// <summary>What the compiler said of one script; a complaint may have further lines, which are indented.</summary>
    public static string Of(string said, int script)
    {
        var lines = new List<string>();
        var isOfIt = false;
        foreach (var line in said.Split('\n'))
        {
            if (!line.StartsWith(' ')) isOfIt = line.StartsWith($"script-{script}.js(", StringComparison.Ordinal);
            if (isOfIt) lines.Add(line);
        }

        return string.Join('\n', lines);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
