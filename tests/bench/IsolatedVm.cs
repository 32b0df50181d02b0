using System.Text.Json;

namespace Sandbox.Bench;

/// <summary>isolated-vm in a Node process of its own; see <c>peers/isolated-vm.mjs</c> for the jobs.</summary>
internal static class IsolatedVm
{
    public static async Task<double[]> RunAsync(string job, int count, CancellationToken cancellationToken)
    {
        var output = await ChildProcess.OutputAsync(
            "node", ["--no-node-snapshot", Path.Combine(ChildProcess.Peers, "isolated-vm.mjs"), job, count.ToString()], cancellationToken);
        return JsonSerializer.Deserialize<double[]>(output) ?? throw new InvalidOperationException($"isolated-vm printed nothing for {job}.");
    }
}
