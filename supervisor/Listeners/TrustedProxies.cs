using System.Net;
using Sandbox.Supervisor.Configuration;
using Sandbox.Supervisor.Hosting.Configuration;

namespace Sandbox.Supervisor.Listeners;

/// <summary>The addresses of <see cref="ProxyOptions.Addresses"/>, parsed.</summary>
internal sealed class TrustedProxies
{
    private const int SecretCharactersMin = 16;

    public TrustedProxies(ProxyOptions options)
    {
        Networks = [.. options.Addresses.Select((address, index) => Parse(address, index))];
        if (options.Secret.Length is > 0 and < SecretCharactersMin)
            throw new StartupException($"{ProxyOptions.Section}:{nameof(ProxyOptions.Secret)} is shorter than {SecretCharactersMin} characters; choose a longer one.");
        if (options.Secret.Length > 0 && Networks.Count == 0)
            throw new StartupException($"{ProxyOptions.Section}:{nameof(ProxyOptions.Secret)} is set, but {ProxyOptions.Section}:{nameof(ProxyOptions.Addresses)} names no proxy that may present it.");
    }

    public IReadOnlyList<IPNetwork> Networks { get; }

    public bool Trusts(IPAddress? address)
    {
        if (address is null) return false;
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in Networks)
        {
            if (network.Contains(plain)) return true;
        }

        return false;
    }

    private static IPNetwork Parse(string text, int index)
    {
        if (IPAddress.TryParse(text, out var address)) return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        if (IPNetwork.TryParse(text, out var network)) return network;
        throw new StartupException($"{ProxyOptions.Section}:{nameof(ProxyOptions.Addresses)}:{index}: '{text}' is neither an address nor a network such as 10.0.0.0/24.");
    }
}
