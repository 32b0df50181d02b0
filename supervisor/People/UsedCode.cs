namespace Sandbox.Supervisor.People;

/// <summary>What a code was, that was taken or not.</summary>
internal enum UsedCode
{
    /// <summary>It is none, or was used before.</summary>
    None,
    App,
    Recovery,
}
