namespace Sandbox.Supervisor.Egress;

/// <summary>Ports that are open where no list of hosts says otherwise (5-limits).</summary>
internal static class EgressPorts
{
    /// <summary>Of databases, remote desktops and their like.</summary>
    private static readonly int[] s_closed = [1433, 1521, 2049, 2375, 3306, 3389, 5432, 5900, 6379, 9200, 11211, 27017];

    public static bool IsWeb(int port) => port is 80 or 443 || (port is >= 1024 and <= 65_535 && Array.IndexOf(s_closed, port) < 0);

    /// <summary>Submission of e-mail.</summary>
    public static bool IsMail(int port) => port is 25 or 465 or 587 or 2525;
}
