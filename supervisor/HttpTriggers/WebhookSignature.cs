using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>Verifies the signature of a webhook as its provider documents it. Whatever the headers hold, the answer is true or false.</summary>
internal static class WebhookSignature
{
    private const string StandardVersion = "v1,";

    /// <param name="key">Bytes of the signing key.</param>
    /// <param name="toleranceSeconds">What a signed timestamp may be off from <paramref name="now"/>, before or after.</param>
    public static bool IsValid(WebhookProvider provider, ReadOnlySpan<byte> key, IHeaderDictionary headers, ReadOnlySpan<byte> body, DateTimeOffset now, int toleranceSeconds)
    {
        switch (provider)
        {
            case WebhookProvider.Stripe:
                return One(headers, "Stripe-Signature") is { } stripe && IsStripe(stripe, key, body, now, toleranceSeconds);
            case WebhookProvider.GitHub:
            case WebhookProvider.Meta:
                return One(headers, "X-Hub-Signature-256") is { } hub && IsHex(hub, "sha256=", Mac(key, "", body));
            case WebhookProvider.Slack:
                return One(headers, "X-Slack-Signature") is { } slack && One(headers, "X-Slack-Request-Timestamp") is { } sent
                    && IsNear(sent, now, toleranceSeconds) && IsHex(slack, "v0=", Mac(key, $"v0:{sent}:", body));
            case WebhookProvider.Standard:
                return One(headers, "webhook-signature") is { } signatures && One(headers, "webhook-id") is { } id && One(headers, "webhook-timestamp") is { } time
                    && IsNear(time, now, toleranceSeconds) && IsStandard(signatures, Mac(key, $"{id}.{time}.", body));
            default:
                throw new InvalidOperationException(provider.ToString());
        }
    }

    /// <summary>Null where the header is absent, empty or there twice: of two values a proxy and this might each believe another.</summary>
    private static string? One(IHeaderDictionary headers, string name)
    {
        StringValues values = headers[name];
        return values.Count == 1 && values[0] is { Length: > 0 } value ? value : null;
    }

    /// <summary>Several <c>v1</c> are there while a key is rotated; other schemes prove nothing.</summary>
    private static bool IsStripe(string header, ReadOnlySpan<byte> key, ReadOnlySpan<byte> body, DateTimeOffset now, int toleranceSeconds)
    {
        var parts = header.Split(',', StringSplitOptions.TrimEntries);
        var times = parts.Where(part => part.StartsWith("t=", StringComparison.Ordinal)).ToArray();
        if (times.Length != 1 || !IsNear(times[0][2..], now, toleranceSeconds)) return false;
        var mac = Mac(key, $"{times[0][2..]}.", body);
        var valid = false;
        foreach (var part in parts) valid |= IsHex(part, "v1=", mac);
        return valid;
    }

    private static bool IsStandard(string header, ReadOnlySpan<byte> mac)
    {
        var valid = false;
        Span<byte> presented = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var signature in header.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!signature.StartsWith(StandardVersion, StringComparison.Ordinal)) continue;
            if (!Convert.TryFromBase64String(signature[StandardVersion.Length..], presented, out var length)) continue;
            valid |= CryptographicOperations.FixedTimeEquals(presented[..length], mac);
        }

        return valid;
    }

    private static bool IsHex(string text, string prefix, ReadOnlySpan<byte> mac)
    {
        if (!text.StartsWith(prefix, StringComparison.Ordinal) || text.Length != prefix.Length + (2 * mac.Length)) return false;
        Span<byte> presented = stackalloc byte[HMACSHA256.HashSizeInBytes];
        return Convert.FromHexString(text.AsSpan(prefix.Length), presented, out _, out _) == OperationStatus.Done
            && CryptographicOperations.FixedTimeEquals(presented, mac);
    }

    private static bool IsNear(string unixSeconds, DateTimeOffset now, int toleranceSeconds) =>
        long.TryParse(unixSeconds, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && Math.Abs(now.ToUnixTimeSeconds() - seconds) <= toleranceSeconds;

    /// <param name="prefix">What is signed before the body. Kestrel reads each byte of a header as one character.</param>
    private static byte[] Mac(ReadOnlySpan<byte> key, string prefix, ReadOnlySpan<byte> body)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        mac.AppendData(Encoding.Latin1.GetBytes(prefix));
        mac.AppendData(body);
        return mac.GetHashAndReset();
    }
}
