namespace Sandbox.Protocol.Rpc;

/// <summary>What the seccomp filter that a worker loads itself leaves open: the launcher makes one for all workers.</summary>
public static class FilterTemplate
{
    /// <summary>Stands for the id of the worker's process; the worker puts its own in its place. No process has it: Linux counts to 2^22 at most.</summary>
    public const uint OwnProcessId = 0x7fff_ffff;
}
