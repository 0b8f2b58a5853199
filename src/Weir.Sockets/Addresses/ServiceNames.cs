using System.Collections.Frozen;
using System.Globalization;

namespace Weir.Sockets;

/// <summary>Ports by service name and protocol: /etc/services, and below it a few names for machines without that file.</summary>
internal sealed class ServiceNames
{
    private const string ServicesFile = "/etc/services";
    private const int MaxLines = 65_536;

    private static readonly Lazy<ServiceNames> s_machine = new(() => new ServiceNames(ReadServicesFile()));

    private static readonly string[] s_wellKnown =
    [
        "echo 7/tcp", "echo 7/udp", "discard 9/tcp", "discard 9/udp", "daytime 13/tcp", "chargen 19/tcp", "ftp 21/tcp", "ssh 22/tcp",
        "telnet 23/tcp", "smtp 25/tcp mail", "domain 53/tcp", "domain 53/udp", "tftp 69/udp", "http 80/tcp www", "pop3 110/tcp",
        "ntp 123/udp", "imap2 143/tcp imap", "snmp 161/udp", "ldap 389/tcp", "https 443/tcp", "https 443/udp", "syslog 514/udp",
        "submission 587/tcp", "ldaps 636/tcp", "imaps 993/tcp", "pop3s 995/tcp", "mysql 3306/tcp", "postgresql 5432/tcp postgres",
        "amqp 5672/tcp", "redis 6379/tcp", "http-alt 8080/tcp",
    ];

    private static readonly FrozenSet<string> s_usual = s_wellKnown.Select(line => line.Split(' ')[0]).ToFrozenSet();

    private readonly FrozenDictionary<(string Name, string Protocol), int> _ports;

    /// <summary>Reads lines of the form <c>name port/protocol alias alias # comment</c>; what does not have this form is skipped.</summary>
    internal ServiceNames(IEnumerable<string> lines)
    {
        var ports = new Dictionary<(string, string), int>();
        foreach (string line in lines.Concat(s_wellKnown)) AddLine(ports, line);
        _ports = ports.ToFrozenDictionary();
    }

    internal static ServiceNames OfThisMachine => s_machine.Value;

    internal bool TryFind(string name, string protocol, out int port) => _ports.TryGetValue((name, protocol), out port);

    /// <summary>The service that somebody probably meant; a usual one comes before the hundreds of /etc/services.</summary>
    internal string? Nearest(string name, string protocol)
    {
        List<string> all = [.. _ports.Keys.Where(key => key.Protocol == protocol).Select(key => key.Name)];
        return Spelling.Nearest(name, all.Where(s_usual.Contains)) ?? Spelling.Nearest(name, all);
    }

    // The first entry of a name wins, as in getservbyname(3).
    private static void AddLine(Dictionary<(string, string), int> ports, string line)
    {
        string[] words = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2) return;
        string[] portAndProtocol = words[1].Split('/');
        if (portAndProtocol.Length != 2) return;
        if (!ushort.TryParse(portAndProtocol[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)) return;
        ports.TryAdd((words[0], portAndProtocol[1]), port);
        foreach (string alias in words.Skip(2)) ports.TryAdd((alias, portAndProtocol[1]), port);
    }

    private static IEnumerable<string> ReadServicesFile()
    {
        try
        {
            return [.. File.ReadLines(ServicesFile).Take(MaxLines)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
