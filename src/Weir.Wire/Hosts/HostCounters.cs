using System.Globalization;

namespace Weir.Wire;

/// <summary>Protocol counters of a host at one moment, named as nstat(8) does: <c>TcpRetransSegs</c>, <c>TcpExtTCPTimeouts</c>, <c>Ip6InReceives</c>.</summary>
public sealed class HostCounters
{
    private HostCounters(IReadOnlyDictionary<string, long> values) => Values = values;

    public IReadOnlyDictionary<string, long> Values { get; }

    /// <summary>0 for a counter that this kernel does not have.</summary>
    public long this[string name] => Values.GetValueOrDefault(name);

    /// <summary>What has changed since an earlier moment, and by how much.</summary>
    public IReadOnlyDictionary<string, long> Since(HostCounters earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        return Values
            .Where(counter => counter.Value != earlier[counter.Key])
            .ToDictionary(counter => counter.Key, counter => counter.Value - earlier[counter.Key]);
    }

    /// <summary>The contents of /proc/net/snmp, netstat and snmp6.</summary>
    internal static HostCounters Parse(string snmp, string netstat, string snmp6)
    {
        var values = new Dictionary<string, long>();
        ReadPairs(snmp, values);
        ReadPairs(netstat, values);
        foreach (string line in snmp6.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 2 && long.TryParse(words[1], CultureInfo.InvariantCulture, out long value))
                values[words[0]] = value;
        }

        return new HostCounters(values);
    }

    // A line of names, and below it a line of values, both with the protocol before them.
    private static void ReadPairs(string text, Dictionary<string, long> values)
    {
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i + 1 < lines.Length; i += 2)
        {
            string[] names = lines[i].Split(' ');
            string[] numbers = lines[i + 1].Split(' ');
            for (int column = 1; column < Math.Min(names.Length, numbers.Length); column++)
            {
                if (long.TryParse(numbers[column], CultureInfo.InvariantCulture, out long value))
                    values[names[0].TrimEnd(':') + names[column]] = value;
            }
        }
    }
}
