using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;

namespace Weir.Bench;

/// <summary>Several <c>weir serve</c> on one port (SO_REUSEPORT), among which the kernel spreads connections by their addresses.</summary>
internal sealed class ManyServers : IAsyncDisposable
{
    private const int SameReadings = 10;

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private readonly List<ServerProcess> _servers = [];
    private int _ownDescriptors;

    public string Url { get; } = $"tcp://127.0.0.1:{FreePort.Tcp()}";

    public int Count => _servers.Count;

    public int FirstId => _servers[0].Id;

    /// <summary>Of all of them.</summary>
    public long RssAnonBytes => _servers.Sum(server => RssAnonOf(server.Id));

    /// <summary>Descriptors that were not open before the first client came.</summary>
    public int ConnectionDescriptors => OpenDescriptors() - _ownDescriptors;

    public static async Task<ManyServers> StartAsync(int count, string engine, CancellationToken cancel)
    {
        var servers = new ManyServers();
        try
        {
            string[] command =
            [
                "dotnet", Repository.Assembly("Weir.Cli"), "serve", $"{servers.Url}?reuseport=on", "--handler", "echo", "--loops", "1",
                "--engine", engine, "--scheduling", "inline", "--json",
            ];
            for (int i = 0; i < count; i++)
                servers._servers.Add(await ServerProcess.StartUnseenAsync("weir serve", command, servers.Url, cancel));
            await servers.WaitUntilAsync(servers.AllListen, "not all servers listen", cancel);
            await servers.SettleAsync(cancel);
            servers._ownDescriptors = servers.OpenDescriptors();
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    public Task WaitForConnectionsAsync(int connections, CancellationToken cancel) => WaitUntilAsync(
        () => ConnectionDescriptors == connections, $"the servers have not come to {connections} descriptors of connections", cancel);

    /// <summary>Until private memory has stood still for a second.</summary>
    public async Task SettleAsync(CancellationToken cancel)
    {
        long last = -1;
        int same = 0;
        await WaitUntilAsync(IsStill, "the servers' memory does not stand still", cancel);

        bool IsStill()
        {
            long now = RssAnonBytes;
            same = now == last ? same + 1 : 0;
            last = now;
            return same >= SameReadings;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ServerProcess server in _servers)
            await server.DisposeAsync();
    }

    private bool AllListen()
    {
        IPEndPoint endPoint = IPEndPoint.Parse(new Uri(Url).Authority);
        return IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Count(listener => listener.Equals(endPoint)) == Count;
    }

    private int OpenDescriptors() => _servers.Sum(server => Directory.GetFiles($"/proc/{server.Id}/fd").Length);

    private async Task WaitUntilAsync(Func<bool> condition, string otherwise, CancellationToken cancel)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > s_limit)
                throw new BenchException($"{otherwise} after {s_limit.TotalSeconds:0} s; there are {ConnectionDescriptors}", BenchException.Wrong);
            await Task.Delay(s_interval, cancel);
        }
    }

    private static long RssAnonOf(int process)
    {
        const string key = "RssAnon:";
        string line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(key, StringComparison.Ordinal));
        return 1024 * long.Parse(line[key.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }
}
