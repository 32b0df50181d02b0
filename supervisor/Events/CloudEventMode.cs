namespace Sandbox.Supervisor.Events;

/// <summary>How a request holds CloudEvents.</summary>
internal enum CloudEventMode
{
    /// <summary>The body is an event.</summary>
    Structured,

    /// <summary>The body is a list of events.</summary>
    Batch,

    /// <summary>The body is the data; the attributes are headers.</summary>
    Binary,
}
