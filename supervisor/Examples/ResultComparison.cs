using System.Text.Json;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Examples;

/// <summary>Whether two results are the same: outputs by value, so that neither spaces nor the order of keys count. Pure.</summary>
internal static class ResultComparison
{
    private static readonly JsonDocumentOptions s_deep = new() { MaxDepth = 1_000 };

    public static bool Differs(ExampleResult was, ExecutionStatus status, string? code, RawJson? output) =>
        was.Status != status || was.Code != code || !IsSame(was.Output?.ToString() ?? "null", output?.ToString() ?? "null");

    private static bool IsSame(string one, string other)
    {
        if (one == other) return true;
        using var first = JsonDocument.Parse(one, s_deep);
        using var second = JsonDocument.Parse(other, s_deep);
        try
        {
            return JsonElement.DeepEquals(first.RootElement, second.RootElement);
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate has no UTF-8: texts with one are compared as texts, which they were not the same as.
            return false;
        }
    }
}
