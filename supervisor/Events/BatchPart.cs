namespace Sandbox.Supervisor.Events;

/// <summary>An event as part of a batch, with the terms of its subscription.</summary>
/// <param name="Max">Events of a batch.</param>
/// <param name="Within">How long a batch waits for more after its first event.</param>
/// <param name="BytesMax">Of a batch; one event may be larger.</param>
/// <param name="Payload">JSON text: its item of <c>context.input</c>.</param>
/// <param name="Event">JSON text: its item of <c>context.trigger.events</c>.</param>
/// <param name="Bytes">Of both.</param>
internal sealed record BatchPart(int Max, TimeSpan Within, int BytesMax, string Payload, string Event, int Bytes);
