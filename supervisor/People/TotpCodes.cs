using System.Security.Cryptography;
using OtpNet;

namespace Sandbox.Supervisor.People;

/// <summary>Codes of authenticator apps by RFC 6238: six digits, SHA-1, steps of 30 seconds, as every app takes them.</summary>
internal static class TotpCodes
{
    private const string Issuer = "Sandbox";
    private const int SecretBytes = 20;
    private const int Digits = 6;

    // One step to either side: clocks differ, and typing takes time.
    private static readonly VerificationWindow s_window = new(previous: 1, future: 1);

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    public static string Text(byte[] secret) => Base32Encoding.ToString(secret);

    public static string Address(byte[] secret, string email) => new OtpUri(OtpType.Totp, Text(secret), email, Issuer).ToString();

    /// <summary>The time step that the code is of; null where it is of none of the window.</summary>
    public static long? StepOf(byte[] secret, string code, DateTimeOffset now)
    {
        var digits = code.Replace(" ", "", StringComparison.Ordinal);
        if (digits.Length != Digits) return null;
        return new Totp(secret).VerifyTotp(now.UtcDateTime, digits, out var step, s_window) ? step : null;
    }
}
