using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sandbox.Tests.Integration.Egress;

/// <summary>A name server (RFC 1035) of a few names, whose answers a test may change between one question and the next.</summary>
internal sealed class NameServer : IDisposable
{
    private readonly Socket _socket;
    private readonly ConcurrentDictionary<string, Func<int, IPAddress[]>> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, int> _asked = new(StringComparer.OrdinalIgnoreCase);

    public NameServer(Socket socket)
    {
        _socket = socket;
        _ = ServeAsync();
    }

    public void Add(string name, params string[] addresses) => _names[name] = _ => [.. addresses.Select(IPAddress.Parse)];

    /// <param name="addresses">Of the first question, the second and so on.</param>
    public void Add(string name, Func<int, IPAddress[]> addresses) => _names[name] = addresses;

    /// <summary>Questions for it are never answered.</summary>
    public void AddSilent(string name) => _names[name] = _ => throw new TimeoutException();

    /// <summary>How often its address of IPv4 was asked for.</summary>
    public int Asked(string name) => _asked.GetValueOrDefault(name);

    public void Dispose() => _socket.Dispose();

    private async Task ServeAsync()
    {
        var buffer = new byte[1_500];
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                try
                {
                    await _socket.SendToAsync(Answer(buffer.AsSpan(0, received.ReceivedBytes)), received.RemoteEndPoint);
                }
                catch (TimeoutException)
                {
                    // A silent name.
                }
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private byte[] Answer(ReadOnlySpan<byte> question)
    {
        var labels = new List<string>();
        var at = 12;
        for (; question[at] != 0; at += question[at] + 1) labels.Add(Encoding.ASCII.GetString(question.Slice(at + 1, question[at])));
        var type = question[at + 2];
        var end = at + 5;
        var name = string.Join('.', labels);
        var known = _names.TryGetValue(name, out var addresses);
        var all = known ? addresses!(type == 1 ? _asked.AddOrUpdate(name, 1, (_, count) => count + 1) : _asked.GetValueOrDefault(name)) : [];
        var wanted = all.Where(address => address.AddressFamily == (type == 28 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork) && type is 1 or 28).ToArray();
        var answer = new List<byte>(question[..end].ToArray());
        (answer[2], answer[3]) = (0x81, (byte)(known ? 0x80 : 0x83));
        (answer[6], answer[7]) = (0, (byte)wanted.Length);
        (answer[8], answer[9], answer[10], answer[11]) = (0, 0, 0, 0);
        foreach (var address in wanted)
        {
            var bytes = address.GetAddressBytes();
            answer.AddRange([0xC0, 0x0C, 0, type, 0, 1, 0, 0, 0, 0, 0, (byte)bytes.Length, .. bytes]);
        }

        return [.. answer];
    }
}
