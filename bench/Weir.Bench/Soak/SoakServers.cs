using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Weir.Sockets;

namespace Weir.Bench;

/// <summary>Two servers, one for each scheduling, on loops of their own; each listens on TCP and on a unix path.</summary>
internal sealed class SoakServers : IAsyncDisposable
{
    private readonly List<LoopGroup> _groups = [];
    private readonly List<Server> _servers = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-soak-");
    private readonly ConcurrentQueue<string> _unexpected = new();
    private int _stalls;

    public List<(EndPoint EndPoint, SoakScheme Scheme)> Addresses { get; } = [];

    /// <summary>What a handler threw without being asked to, and what went wrong with a listener.</summary>
    public IReadOnlyCollection<string> Unexpected => _unexpected;

    /// <summary>Turns that the watchdog reported. A busy machine makes them as well, so they are no failure.</summary>
    public int Stalls => Volatile.Read(ref _stalls);

    public string EngineName => _groups[0].EngineName;

    public IEnumerable<LoopStatistics> Loops => _groups.SelectMany(group => group.Statistics);

    public long Accepted => _servers.Sum(server => server.Statistics.Accepted);

    public static async Task<SoakServers> StartAsync(LoopEngine engine, SoakHandlers handlers, CancellationToken cancel)
    {
        var servers = new SoakServers();
        try
        {
            foreach (LoopScheduling scheduling in Enum.GetValues<LoopScheduling>())
                await servers.AddAsync(engine, scheduling, handlers, cancel);
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Every server in order.</summary>
    /// <returns>Connections that had to be reset.</returns>
    public async Task<int> StopAsync(TimeSpan limit)
    {
        int[] resets = await Task.WhenAll(_servers.Select(server => server.StopAsync(limit)));
        return resets.Sum();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Server server in _servers)
            await server.DisposeAsync();
        foreach (LoopGroup group in _groups)
            await group.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task AddAsync(LoopEngine engine, LoopScheduling scheduling, SoakHandlers handlers, CancellationToken cancel)
    {
        var group = new LoopGroup(
            SoakOptions.LoopsPerGroup, new LoopOptions { Engine = engine, Scheduling = scheduling, BytesPerLoop = SoakOptions.BytesPerLoop });
        _groups.Add(group);
        string path = Path.Combine(_folder.FullName, $"{scheduling}.sock");
        var options = new ServerOptions
        {
            Urls = [SocketUrl.Parse("tcp4://127.0.0.1:0"), SocketUrl.Parse($"unix://{path}")],
            Loops = group,
            OnEvent = Note,
        };
        Server server = await Server.StartAsync(options, handlers.ServeAsync, cancel);
        _servers.Add(server);
        Addresses.Add((server.Listeners[0].LocalAddress.ToIPEndPoint(), SoakScheme.Tcp));
        Addresses.Add((new UnixDomainSocketEndPoint(path), SoakScheme.Unix));
    }

    private void Note(ServerEvent happened)
    {
        if (happened.Kind == ServerEventKind.LoopStalled)
            Interlocked.Increment(ref _stalls);
        else if (happened.Exception is not SoakException)
            _unexpected.Enqueue($"{happened.Message} {happened.Exception?.StackTrace}".TrimEnd());
    }
}
