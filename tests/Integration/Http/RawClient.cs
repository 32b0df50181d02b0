using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Sandbox.Tests.Integration.Http;

/// <summary>Sends bytes that no HTTP client would send, and reads the answer as bytes. One character is one byte (Latin-1) in both directions.</summary>
internal static class RawClient
{
    /// <summary>The whole answer; the request must make the server close the connection after it.</summary>
    public static async Task<RawAnswer> SendAsync(Uri listener, string request, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(listener.Host, listener.Port, cancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), cancellationToken);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer, cancellationToken);
        return new RawAnswer(Encoding.Latin1.GetString(answer.ToArray()));
    }

    /// <summary>One request with its headers, each line ended as HTTP ends it.</summary>
    public static Task<RawAnswer> SendAsync(Uri listener, string[] head, string body, CancellationToken cancellationToken) =>
        SendAsync(listener, string.Join("\r\n", [.. head, "Connection: close", "", body]), cancellationToken);
}

/// <summary>An HTTP answer as it came.</summary>
internal sealed record RawAnswer(string Text)
{
    public int Status => int.Parse(Text.Split(' ')[1]);

    public string Body => Text[(Text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];

    public JsonElement Problem => JsonDocument.Parse(Body).RootElement;

    /// <summary>Values of a header, in their order.</summary>
    public IReadOnlyList<string> Header(string name) =>
        [.. Text[..Text.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Split("\r\n").Skip(1)
            .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(line => line[(name.Length + 1)..].Trim(' '))];
}
