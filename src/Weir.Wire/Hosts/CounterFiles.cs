using System.Globalization;

namespace Weir.Wire;

/// <summary>The counters of a host. A task's folder in /proc shows the network that the task is in, to every thread. For one thread at a time.</summary>
internal sealed class CounterFiles(int threadId)
{
    private readonly string _folder = string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{threadId}/net/");
    private string _snmp = "";
    private string _netstat = "";
    private string _snmp6 = "";
    private HostCounters? _last;

    /// <summary>The same object as the last time when nothing has changed.</summary>
    /// <param name="withIPv6">Whether those of IPv6 are read too, which is most of the work.</param>
    /// <exception cref="IOException">The host is gone.</exception>
    public HostCounters Read(bool withIPv6)
    {
        string snmp = File.ReadAllText(_folder + "snmp");
        string netstat = File.ReadAllText(_folder + "netstat");
        // A kernel without IPv6 has no such file.
        string snmp6 = withIPv6 && File.Exists(_folder + "snmp6") ? File.ReadAllText(_folder + "snmp6") : "";
        if (_last is not null && snmp == _snmp && netstat == _netstat && snmp6 == _snmp6)
            return _last;
        (_snmp, _netstat, _snmp6) = (snmp, netstat, snmp6);
        return _last = HostCounters.Parse(snmp, netstat, snmp6);
    }
}
