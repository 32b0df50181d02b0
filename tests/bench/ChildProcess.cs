using System.Diagnostics;

namespace Sandbox.Bench;

/// <summary>Runs a program to its end, or until the token ends it.</summary>
internal static class ChildProcess
{
    public static string Peers { get; } = Path.Combine(Tests.Integration.Product.RunningProduct.Root, "tests/bench/peers");

    /// <summary>What it printed; a failure names the program and what it said.</summary>
    public static async Task<string> OutputAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{program} did not start.");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0
                ? await output
                : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await errors}");
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
