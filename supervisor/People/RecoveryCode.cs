using System.Security.Cryptography;
using System.Text;
using OtpNet;

namespace Sandbox.Supervisor.People;

/// <summary>Codes that stand in for a lost app: 80 random bits in base32, kept as their SHA-256. So many bits need no slow hash.</summary>
internal static class RecoveryCode
{
    public const int Count = 10;
    private const int Bytes = 10;
    private const int Letters = 16;

    public static string[] NewSet() => [.. Enumerable.Range(0, Count).Select(_ => New())];

    /// <summary>Whatever the case, and with or without hyphens and blanks; null where it cannot be a code.</summary>
    public static byte[]? HashOf(string code)
    {
        var normal = code.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();
        return normal.Length == Letters ? SHA256.HashData(Encoding.UTF8.GetBytes(normal)) : null;
    }

    private static string New()
    {
        var letters = Base32Encoding.ToString(RandomNumberGenerator.GetBytes(Bytes)).ToLowerInvariant();
        return string.Join('-', letters.Chunk(4).Select(four => new string(four)));
    }
}
