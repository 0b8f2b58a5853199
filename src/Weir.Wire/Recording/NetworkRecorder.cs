using System.Diagnostics;
using Weir.Linux;
using Weir.Packets;
using Weir.Packets.Files;
using Weir.Packets.Timelines;

namespace Weir.Wire;

/// <summary>
/// Records a network on one clock: the calls that Weir makes in this process on hosts' sockets, the frames at both ends of every wire, those of scripted endpoints, the states
/// and queues of TCP sockets, and counters. What goes through io_uring is no call, and is seen by its frames and states only, as are processes that run inside hosts.
/// </summary>
public sealed partial class NetworkRecorder : IDisposable
{
    private static readonly Lock s_installing = new();
    private static CallLog? s_calls;

    private readonly Lock _lock = new();
    private readonly RecorderOptions _options;
    private readonly TimelineBuilder _builder = new();
    private readonly List<RecordedFrame> _frames = [];
    private readonly Dictionary<string, HostSampler> _samplers = [];
    private readonly Dictionary<NamespaceThread, string> _hosts = [];
    private readonly IDisposable[] _observations;

    // The same for every file: two clocks are never read at the same moment.
    private readonly long _unixOffsetNs = UnixOffsetNs();
    private bool _isStopped;
    private RecordedCall[] _underway = [];
    private Timeline? _timeline;

    private NetworkRecorder(HostNetwork network, RecorderOptions options)
    {
        _options = options;
        try
        {
            foreach (Host host in network.Hosts)
            {
                _samplers.Add(host.Name, new HostSampler(host, _builder.Participant(host.Name)));
                _hosts.Add(host.Thread, host.Name);
            }
        }
        catch
        {
            DisposeSamplers();
            throw;
        }

        IReadOnlyList<ScriptedEndpoint> endpoints = network.Endpoints;
        foreach (ScriptedEndpoint endpoint in endpoints)
            _builder.Participant(endpoint.Name);
        Attempt(() => Sample(Now()));
        _observations =
        [
            .. network.Wires.Select(wire => wire.Observe(new WireTap(this, wire))),
            .. endpoints.Select(endpoint => endpoint.Observe(frame => Add(RecordedFrame.Of(frame, endpoint)))),
        ];
        s_calls?.Add(OnCall);
    }

    /// <summary>Whether calls are recorded: <see cref="Install"/> was called.</summary>
    public static bool SeesCalls => s_calls is not null;

    /// <summary>Lets recordings see system calls. First in <c>Main</c>: the hook is fixed with the first call, and costs nothing without this.</summary>
    /// <exception cref="InvalidOperationException">A system call was made before.</exception>
    public static void Install()
    {
        lock (s_installing)
        {
            var calls = new CallLog();
            SysObserver.Install(calls);
            s_calls = calls;
        }
    }

    /// <summary>Records what happens from now on. Hosts, wires and endpoints that are added later are not seen.</summary>
    public static NetworkRecorder Start(HostNetwork network, RecorderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        return new NetworkRecorder(network, options ?? new RecorderOptions());
    }

    /// <summary>Ends the recording, and puts it together. Calls that have not returned are shown as such. Once more it gives the same timeline.</summary>
    /// <param name="title">What drawings are called.</param>
    public Timeline Stop(string title = "")
    {
        Dispose();
        lock (_lock)
            return _timeline ??= Build(title);
    }

    /// <summary>Writes the frames as they were sent, with what became of each as a comment. After <see cref="Stop"/>.</summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void WritePcapng(string path) => Write(path, FrameSighting.AsSent);

    /// <summary>Writes what a capture on all interfaces of a host would have: what it sent, as it sent it, and what has arrived, as it arrived. After <see cref="Stop"/>.</summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void WritePcapng(string path, Host host)
    {
        ArgumentNullException.ThrowIfNull(host);
        Write(path, frames => FrameSighting.At(host.Name, frames));
    }

    /// <summary>Ends the recording.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isStopped)
                return;
            // What the last frame has changed.
            Attempt(() => Sample(Now()));
            _isStopped = true;
            // With it: whoever returns from now on is not taken any more.
            _underway = [.. s_calls?.Underway ?? []];
            DisposeSamplers();
        }

        s_calls?.Remove(OnCall);
        foreach (IDisposable observation in _observations)
            observation.Dispose();
    }

    /// <summary>Whether a thread is in such a call of the host's at this moment.</summary>
    internal static bool IsInCall(Host host, string name) => s_calls?.Underway.Any(call => call.Host == host.Thread && call.Name == name && call.ReturnedAt is null) ?? false;

    private void Write(string path, Func<IReadOnlyList<RecordedFrame>, IEnumerable<FrameSighting>> seen)
    {
        using PcapngWriter writer = PcapngWriter.Create(path);
        Dictionary<RecordedPath, int> interfaces = [];
        lock (_lock)
        {
            foreach (FrameSighting frame in seen(_frames))
            {
                if (!interfaces.TryGetValue(frame.Path, out int own))
                    interfaces.Add(frame.Path, own = writer.AddInterface(LinkType.Ethernet, frame.Interface));
                writer.Write(own, frame.TimeNs + _unixOffsetNs, frame.Bytes.Span, frame.Bytes.Length, frame.Comment);
            }
        }
    }

    private Timeline Build(string title)
    {
        _builder.Title = title;
        foreach (RecordedCall call in _underway)
        {
            if (_hosts.TryGetValue(call.Host, out string? host) && IsNew(call))
                _builder.Add(Describe(call, _builder.Participant(host)));
        }

        SegmentRecords.Add(_builder, _frames);
        foreach (HostSampler sampler in _samplers.Values)
        {
            foreach (TimelineEvent change in sampler.Events())
                _builder.Add(change);
            _builder.LeaveOut(sampler.LeftOut);
        }

        return _builder.Build();
    }

    private void DisposeSamplers()
    {
        foreach (HostSampler sampler in _samplers.Values)
            sampler.Dispose();
    }

    private static long Now() => RecordedFrame.ToNs(Stopwatch.GetTimestamp());

    private static long UnixOffsetNs() => ((TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick) - Now();
}
