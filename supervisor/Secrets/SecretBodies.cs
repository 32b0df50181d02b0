using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Secrets;

/// <summary>Body of <c>PUT /secrets/{name}</c>. No record: those write out what they hold.</summary>
internal sealed class SecretBody
{
    public string? Value { get; init; }
}

/// <summary>Answer of <c>PUT /secrets/{name}</c>.</summary>
internal sealed record SecretAnswer(string Name, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, IReadOnlyList<string> Warnings)
{
    public static SecretAnswer Of(SecretWritten written) =>
        new(written.Secret.Name, written.Secret.CreatedAt, written.Secret.UpdatedAt, written.Warnings);
}
