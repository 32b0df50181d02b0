namespace Sandbox.Supervisor.Uses;

/// <summary>Kinds of rights, in the order in which they are shown.</summary>
internal enum UseKind
{
    EntityRead = 0,
    EntityWrite,
    Host,
    Secret,
    Connection,
    Event,
    Email,
    Script,
}
