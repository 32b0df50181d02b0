using System.Buffers.Text;

namespace Sandbox.Supervisor.Scripts;

/// <summary>A signing key as Standard Webhooks writes it: base64 behind <c>whsec_</c>.</summary>
internal static class StandardKey
{
    private const string Prefix = "whsec_";

    /// <summary>False where the text is no base64 or is empty. The prefix may be absent, as in the reference libraries.</summary>
    public static bool TryRead(string secret, out byte[] key)
    {
        var text = secret.StartsWith(Prefix, StringComparison.Ordinal) ? secret[Prefix.Length..] : secret;
        key = [];
        if (!Base64.IsValid(text, out var length) || length == 0) return false;
        key = Convert.FromBase64String(text);
        return true;
    }
}
