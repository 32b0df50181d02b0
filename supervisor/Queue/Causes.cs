namespace Sandbox.Supervisor.Queue;

/// <summary>The chain of causes: an event starts a script that publishes an event that starts a script …</summary>
internal static class Causes
{
    /// <summary>Longer chains end with <c>CHAIN_LIMIT</c>.</summary>
    public const int Max = 16;
}
