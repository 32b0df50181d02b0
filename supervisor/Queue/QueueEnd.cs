using Sandbox.Supervisor.History;

namespace Sandbox.Supervisor.Queue;

/// <summary>How an attempt ended, and what follows.</summary>
/// <param name="Item">What ran, or was cancelled while it waited.</param>
/// <param name="Token">Under which it ran; null: it waited.</param>
/// <param name="Record">Its history.</param>
/// <param name="Next">The next attempt; null: there is none.</param>
/// <param name="DeadLetter">The id of the dead letter that it becomes; null: it becomes none.</param>
internal sealed record QueueEnd(QueueItem Item, long? Token, ExecutionRecord Record, QueueItem? Next, Guid? DeadLetter);
