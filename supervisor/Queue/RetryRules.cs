using System.Text;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.Queue;

/// <summary>Whether an attempt that failed is followed by another one, and when. Pure.</summary>
internal static class RetryRules
{
    private const long BackoffMsDefault = 2_000;
    private const double FactorDefault = 2;

    /// <summary>A longer pause would outlive what the history keeps.</summary>
    private static readonly TimeSpan s_pauseMax = TimeSpan.FromDays(1);

    /// <summary>Share of a pause by which it is shorter or longer, so that what failed together does not come back together.</summary>
    private const double Jitter = 0.2;

    /// <summary>To try again mends none of these: the source, the input or the rights must change first.</summary>
    private static readonly HashSet<string> s_hopeless = [Codes.SyntaxError, Codes.InvalidInput, Codes.NotAllowed, Codes.ChainLimit];

    public static int AttemptsDefault(ScriptKind kind) => kind switch
    {
        ScriptKind.Event or ScriptKind.Http => 5,
        ScriptKind.Scheduled => 3,
        ScriptKind.OneOff or ScriptKind.Embedded => 1,
        _ => throw new InvalidOperationException($"No kind {kind}."),
    };

    /// <summary>The pause before the next attempt; null: there is none.</summary>
    /// <param name="policy">The script's; null: that of its kind.</param>
    /// <param name="code">How the attempt ended.</param>
    /// <param name="retryable">False where the script said so.</param>
    /// <param name="attempt">Its number, from 1.</param>
    /// <param name="random">0 to 1.</param>
    public static TimeSpan? Pause(RetryPolicy? policy, ScriptKind kind, string code, bool retryable, int attempt, double random)
    {
        if (!retryable || attempt >= (policy?.Attempts ?? AttemptsDefault(kind))) return null;
        if (policy?.Codes is { } codes ? !codes.Contains(code) : s_hopeless.Contains(code)) return null;
        // Whose supervisor stopped did nothing wrong.
        if (code == Codes.Interrupted) return TimeSpan.Zero;
        var milliseconds = (policy?.BackoffMs ?? BackoffMsDefault) * Math.Pow(policy?.Factor ?? FactorDefault, attempt - 1) * (1 + (Jitter * ((2 * random) - 1)));
        return milliseconds >= s_pauseMax.TotalMilliseconds ? s_pauseMax : TimeSpan.FromMilliseconds(milliseconds);
    }

    /// <summary>A script's policy; null where it has none.</summary>
    public static RetryPolicy? Of(Script? script) =>
        script?.Retry is { } retry ? JsonShape.Read(Encoding.UTF8.GetBytes(retry.Text), ScriptsJson.Default.RetryPolicy).Value : null;
}
