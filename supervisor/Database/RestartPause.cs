namespace Sandbox.Supervisor.Database;

/// <summary>How long to wait before the next start: 0.1 s, doubled each time up to 10 s, and 0.1 s again after a life of a minute.</summary>
internal sealed class RestartPause
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);

    /// <summary>What comes next where nothing lives long.</summary>
    public TimeSpan Following { get; private set; } = First;

    /// <param name="alive">How long it lived; zero for a start that failed.</param>
    public TimeSpan After(TimeSpan alive)
    {
        var pause = alive >= Settled ? First : Following;
        Following = pause * 2 < Longest ? pause * 2 : Longest;
        return pause;
    }
}
