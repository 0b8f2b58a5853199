using System.Diagnostics;
using System.Globalization;
using Weir.Linux;
using Weir.Packets;
using Weir.Packets.Files;
using Weir.Packets.Timelines;
using Weir.Sockets;

namespace Weir.Wire;

/// <summary>
/// Records a network on one clock: the calls that this process makes on hosts' sockets, the frames at both ends of every wire, the states and queues of sockets,
/// and counters. Processes that run inside hosts are seen by their frames only.
/// </summary>
public sealed class NetworkRecorder : IWireObserver, IDisposable
{
    private static readonly Lock s_installing = new();
    private static CallLog? s_calls;

    private readonly Lock _lock = new();
    private readonly RecorderOptions _options;
    private readonly TimelineBuilder _builder = new();
    private readonly List<RecordedFrame> _frames = [];
    private readonly Dictionary<string, HostSampler> _samplers = [];
    private readonly IDisposable[] _observations;
    private int _events;
    private bool _isStopped;

    private NetworkRecorder(HostNetwork network, RecorderOptions options)
    {
        _options = options;
        foreach (Host host in network.Hosts)
            _samplers.Add(host.Name, new HostSampler(host, _builder.Participant(host.Name)));
        Sample(Now());
        _observations = [.. network.Wires.Select(wire => wire.Observe(this))];
        s_calls?.Handler = OnCall;
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

    /// <summary>Records what happens from now on, one network at a time. Hosts and wires that are added later are not seen.</summary>
    public static NetworkRecorder Start(HostNetwork network, RecorderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (s_calls?.Handler is not null)
            throw new InvalidOperationException("Another recording is under way; stop it first.");
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
                if (_builder.TryParticipant(pending.Host) is { } participant)
                    _builder.Add(Describe(pending, participant));
            }

            SegmentRecords.Add(_builder, _frames);
            return _builder.Build();
        }
    }

    /// <summary>Writes the frames as they were sent, with what became of each as a comment. After <see cref="Stop"/>.</summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void WritePcapng(string path)
    {
        using PcapngWriter writer = PcapngWriter.Create(path);
        Dictionary<WireDirection, int> interfaces = [];
        long offsetNs = UnixOffsetNs();
        lock (_lock)
        {
            foreach (RecordedFrame frame in SegmentRecords.Settled(_frames).Where(frame => frame.Fate is not WireFate.Duplicated))
            {
                if (!interfaces.TryGetValue(frame.Direction, out int own))
                    interfaces.Add(frame.Direction, own = writer.AddInterface(LinkType.Ethernet, frame.From));
                writer.Write(own, frame.SentNs + offsetNs, frame.Bytes.Span, frame.Bytes.Length, frame.Fate is WireFate.Forwarded ? null : frame.Fate.ToString());
            }
        }
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

        s_calls?.Handler = null;
        foreach (IDisposable observation in _observations)
            observation.Dispose();
        lock (_lock)
        {
            foreach (HostSampler sampler in _samplers.Values)
                sampler.Dispose();
        }
    }

    void IWireObserver.Observed(in WireEvent happened)
    {
        lock (_lock)
        {
            if (!TryCount())
                return;
            _frames.Add(RecordedFrame.Of(happened));
            Follow(happened);
            Sample(Now());
        }
    }

    private void OnCall(RecordedCall call, SysResult result, long returnedAt)
    {
        lock (_lock)
        {
            if (!TryCount() || _builder.TryParticipant(call.Host) is not { } participant)
                return;
            _builder.Add(Describe(call, participant) with
            {
                EndNs = RecordedFrame.ToNs(returnedAt),
                Errno = result.Errno,
                Result = result.IsOk ? result.Value : null,
            });
            if (call.Name == "listen" && result.IsOk && CallLog.LocalAddressOf(call.Fd) is { } local)
                _samplers[call.Host].FollowListener(local);
            Sample(Now());
        }
    }

    // Both ends of what passes: each has a socket for it, or had one.
    private void Follow(in WireEvent happened)
    {
        if (happened.Frame.Packet is not { Ip: { } ip, Tcp: { } tcp })
            return;
        KernelAddress source = KernelAddress.FromIPAddress(ip.Source, tcp.SourcePort);
        KernelAddress destination = KernelAddress.FromIPAddress(ip.Destination, tcp.DestinationPort);
        if (_samplers.TryGetValue(happened.Direction.From, out HostSampler? sender))
            sender.Follow(source, destination);
        if (_samplers.TryGetValue(happened.Direction.To, out HostSampler? receiver))
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
}
