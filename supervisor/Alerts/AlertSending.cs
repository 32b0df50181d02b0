namespace Sandbox.Supervisor.Alerts;

/// <summary>A message that is sent to one channel now.</summary>
/// <param name="Attempts">This one included.</param>
/// <param name="Body">JSON of an <see cref="AlertBody"/>.</param>
internal sealed record AlertSending(Guid TenantId, Guid MessageId, string Channel, int Attempts, string Body);
