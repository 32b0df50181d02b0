namespace Sandbox.Supervisor.Queue;

/// <summary>Set when another node, or the database's own functions, say that work came.</summary>
internal interface IWorkSignal
{
    void Set();
}
