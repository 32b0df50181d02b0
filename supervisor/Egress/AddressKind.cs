namespace Sandbox.Supervisor.Egress;

/// <summary>What an address is to whoever connects to it.</summary>
internal enum AddressKind
{
    /// <summary>Anyone's on the internet.</summary>
    Public = 0,

    /// <summary>Of a private network: an operator may open named hosts there.</summary>
    Private,

    /// <summary>The machine itself.</summary>
    Loopback,

    LinkLocal,

    /// <summary>A cloud tells its machines their credentials there.</summary>
    Metadata,

    Multicast,

    /// <summary>Unspecified, broadcast, documentation, benchmarking, transition mechanisms and what nobody was given.</summary>
    Reserved,
}
