using Microsoft.AspNetCore.Hosting;

namespace Weir.Bench.Peers.KestrelPeer;

/// <summary>What differs between the peers. All else is left as it comes.</summary>
internal static class Transports
{
    private static readonly Dictionary<string, Action<IWebHostBuilder>> s_all = new()
    {
        ["sockets"] = static _ => { },
        // IOQueueCount stays as it comes: no queue is used when both sides are inline.
        ["sockets-inline"] = static host => host.UseSockets(options => options.UnsafePreferInlineScheduling = true),
        ["weir-threadpool"] = static host => UseWeir(host, LoopEngine.Epoll, LoopScheduling.ThreadPool),
        ["weir-inline"] = static host => UseWeir(host, LoopEngine.Epoll, LoopScheduling.Inline),
        ["weir-uring-threadpool"] = static host => UseWeir(host, LoopEngine.Uring, LoopScheduling.ThreadPool),
        ["weir-uring-inline"] = static host => UseWeir(host, LoopEngine.Uring, LoopScheduling.Inline),
    };

    public static IEnumerable<string> Names => s_all.Keys;

    public static void Use(IWebHostBuilder host, string name)
    {
        if (!s_all.TryGetValue(name, out Action<IWebHostBuilder>? use))
            throw new ArgumentException($"{name}: unknown transport; known are {string.Join(", ", Names)}", nameof(name));
        use(host);
    }

    private static void UseWeir(IWebHostBuilder host, LoopEngine engine, LoopScheduling scheduling) =>
        host.UseWeir(options => (options.Engine, options.Scheduling) = (engine, scheduling));
}
