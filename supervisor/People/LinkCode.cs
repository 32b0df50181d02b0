using System.Security.Cryptography;
using System.Text;

namespace Sandbox.Supervisor.People;

/// <summary>Codes of one-time links: 256 random bits, kept as their SHA-256.</summary>
internal static class LinkCode
{
    public static readonly TimeSpan Life = TimeSpan.FromDays(7);

    public static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public static byte[] HashOf(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));
}
