using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Egress;

/// <summary>What must never be connected to, whatever a list of hosts says: this machine, and the databases of the configuration.</summary>
internal sealed class OwnAddresses(Db db, NameResolver resolver, TimeProvider time) : IDisposable
{
    /// <summary>Interfaces come and go, and a database's name may move.</summary>
    private static readonly TimeSpan s_validFor = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _reading = new(1);
    private volatile Known? _known;

    private sealed record Known(HashSet<IPAddress> Machine, HashSet<(IPAddress Address, int Port)> Databases, long At);

    /// <summary>Null: it is none of them; else what it is.</summary>
    public async ValueTask<string?> WhatAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var known = _known is { } kept && time.GetElapsedTime(kept.At) < s_validFor ? kept : await ReadAsync(cancellationToken);
        var plain = AddressRules.V4Within(address) ?? address;
        return known.Machine.Contains(plain) ? "this machine" : known.Databases.Contains((plain, port)) ? "a database of the platform" : null;
    }

    public void Dispose() => _reading.Dispose();

    private async Task<Known> ReadAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_known is { } kept && time.GetElapsedTime(kept.At) < s_validFor) return kept;
            var machine = NetworkInterface.GetAllNetworkInterfaces()
                .SelectMany(one => one.GetIPProperties().UnicastAddresses)
                .Select(one => one.Address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(one.Address.GetAddressBytes()) : one.Address)
                .ToHashSet();
            var databases = new HashSet<(IPAddress Address, int Port)>();
            foreach (var server in db.Servers)
                foreach (var address in await resolver.LookUpAsync(Guid.Empty, server.Host, cancellationToken))
                    databases.Add((AddressRules.V4Within(address) ?? address, server.Port));
            return _known = new Known(machine, databases, time.GetTimestamp());
        }
        catch (SocketException e)
        {
            // Without it a database that cannot be found now could be called later.
            throw new EgressRefusedException(Protocol.Api.Codes.Overloaded, $"Where the platform's database listens cannot be told now ({e.SocketErrorCode}); try again.");
        }
        finally
        {
            _reading.Release();
        }
    }
}
