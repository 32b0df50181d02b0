namespace Sandbox.Supervisor.Secrets;

/// <summary>Section <c>Sandbox:Secrets</c>.</summary>
internal sealed class SecretsOptions
{
    public const string Section = "Sandbox:Secrets";

    /// <summary>
    /// Holds the key that protects the keys in the database: 32 random bytes in base64. Nodes that share a database need the same file.
    /// Empty: <c>{DataDirectory}/secrets.key</c>, made on the first start.
    /// </summary>
    public string KeyFile { get; set; } = "";
}
