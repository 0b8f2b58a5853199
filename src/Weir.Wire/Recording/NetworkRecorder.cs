using System.Diagnostics;
using System.Globalization;
using Weir.Linux;
using Weir.Packets;
using Weir.Packets.Dissection;
using Weir.Packets.Files;
using Weir.Packets.Timelines;
using Weir.Sockets;

namespace Weir.Wire;

/// <summary>
/// Records a network on one clock: the calls that this process makes on hosts' sockets, the frames at both ends of every wire, those of scripted endpoints, the states and
/// queues of sockets, and counters. Processes that run inside hosts are seen by their frames only.
/// </summary>
public sealed class NetworkRecorder : IDisposable
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
    private int _events;
    private bool _isStopped;

    private NetworkRecorder(HostNetwork network, RecorderOptions options)
    {
        _options = options;
        foreach (Host host in network.Hosts)
        {
            _samplers.Add(host.Name, new HostSampler(host, _builder.Participant(host.Name)));
            _hosts.Add(host.Thread, host.Name);
        }

        IReadOnlyList<ScriptedEndpoint> endpoints = network.Endpoints;
        foreach (ScriptedEndpoint endpoint in endpoints)
            _builder.Participant(endpoint.Name);
        Sample(Now());
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

    /// <summary>Ends the recording, and puts it together. Calls that have not returned are shown as such.</summary>
    /// <param name="title">What drawings are called.</param>
    public Timeline Stop(string title = "")
    {
        Dispose();
        lock (_lock)
        {
            _builder.Title = title;
            foreach (RecordedCall pending in s_calls?.Pending ?? [])
            {
                if (_hosts.TryGetValue(pending.Host, out string? host))
                    _builder.Add(Describe(pending, _builder.Participant(host)));
            }

            SegmentRecords.Add(_builder, _frames);
            return _builder.Build();
        }
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
            Sample(Now());
            _isStopped = true;
        }

        s_calls?.Remove(OnCall);
        foreach (IDisposable observation in _observations)
            observation.Dispose();
        lock (_lock)
        {
            foreach (HostSampler sampler in _samplers.Values)
                sampler.Dispose();
        }
    }

    /// <summary>Whether a thread is in such a call of the host's at this moment.</summary>
    internal static bool IsInCall(Host host, string name) => s_calls?.Pending.Any(call => call.Host == host.Thread && call.Name == name) ?? false;

    private void Write(string path, Func<IReadOnlyList<RecordedFrame>, IEnumerable<FrameSighting>> seen)
    {
        using PcapngWriter writer = PcapngWriter.Create(path);
        Dictionary<RecordedPath, int> interfaces = [];
        long offsetNs = UnixOffsetNs();
        lock (_lock)
        {
            foreach (FrameSighting frame in seen(_frames))
            {
                if (!interfaces.TryGetValue(frame.Path, out int own))
                    interfaces.Add(frame.Path, own = writer.AddInterface(LinkType.Ethernet, frame.Interface));
                writer.Write(own, frame.TimeNs + offsetNs, frame.Bytes.Span, frame.Bytes.Length, frame.Comment);
            }
        }
    }

    private void Add(RecordedFrame frame)
    {
        lock (_lock)
        {
            if (!TryCount())
                return;
            _frames.Add(frame);
            Follow(frame);
            Sample(Now());
        }
    }

    private void OnCall(RecordedCall call, SysResult result, long returnedAt)
    {
        lock (_lock)
        {
            if (!_hosts.TryGetValue(call.Host, out string? host) || !TryCount())
                return;
            _builder.Add(Describe(call, _builder.Participant(host)) with
            {
                EndNs = RecordedFrame.ToNs(returnedAt),
                Errno = result.Errno,
                Result = result.IsOk ? result.Value : null,
            });
            if (call.Name == "listen" && result.IsOk && CallLog.LocalAddressOf(call.Fd) is { } local)
                _samplers[host].FollowListener(local);
            Sample(Now());
        }
    }

    // Both ends of what passes: each has a socket for it, or had one.
    private void Follow(RecordedFrame frame)
    {
        if (Packet.Dissect(new CapturedFrame(LinkType.Ethernet, frame.SentNs, frame.SentBytes, frame.SentBytes.Length)) is not { Ip: { } ip, Tcp: { } tcp })
            return;
        KernelAddress source = KernelAddress.FromIPAddress(ip.Source, tcp.SourcePort);
        KernelAddress destination = KernelAddress.FromIPAddress(ip.Destination, tcp.DestinationPort);
        if (_samplers.TryGetValue(frame.Path.From, out HostSampler? sender))
            sender.Follow(source, destination);
        if (_samplers.TryGetValue(frame.Path.To, out HostSampler? receiver))
            receiver.Follow(destination, source);
    }

    private static CallEvent Describe(RecordedCall call, int participant) => new()
    {
        TimeNs = RecordedFrame.ToNs(call.StartedAt),
        Participant = participant,
        Thread = call.ThreadId.ToString(CultureInfo.InvariantCulture),
        Name = call.Name,
        Arguments = call.Arguments,
    };

    private bool TryCount()
    {
        if (_isStopped)
            return false;
        if (_events++ < _options.MaxEvents)
            return true;
        _builder.LeaveOut();
        return false;
    }

    private void Sample(long timeNs)
    {
        if (!_options.SamplesStates)
            return;
        foreach (HostSampler sampler in _samplers.Values)
        {
            foreach (TimelineEvent change in sampler.Changes(timeNs, _options.SamplesCounters))
                _builder.Add(change);
        }
    }

    private static long Now() => RecordedFrame.ToNs(Stopwatch.GetTimestamp());

    private static long UnixOffsetNs() => ((TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick) - Now();

    private sealed class WireTap(NetworkRecorder recorder, NetworkWire wire) : IWireObserver
    {
        public void Observed(in WireEvent happened) => recorder.Add(RecordedFrame.Of(happened, wire));
    }
}
