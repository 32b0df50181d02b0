namespace Sandbox.Supervisor.People;

/// <summary>The app of a person, as it is stored.</summary>
/// <param name="Secret">Encrypted.</param>
/// <param name="IsOn">False: begun, and not confirmed yet.</param>
internal sealed record StoredTotp(byte[] Secret, bool IsOn);
