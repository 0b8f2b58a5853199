using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;
using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Packets.Capture;

/// <summary>Frames as they pass an interface of this thread's network namespace. One thread reads; any may stop it.</summary>
public sealed unsafe class LiveCapture : IDisposable
{
    private readonly Lock _closing = new();
    private readonly EventDescriptor _wake = new();
    private nint _pcap;
    private FrameHandler? _handler;
    private Exception? _thrown;

    private LiveCapture(nint pcap, CaptureOptions options)
    {
        _pcap = pcap;
        Interface = options.Interface;
        Link = PcapLinks.FromPcap(Pcap.pcap_datalink(pcap));
        SnapLengthBytes = SnapLength(options);
    }

    /// <summary>The interface's name, or <c>any</c>.</summary>
    public string Interface { get; }

    /// <summary>What the frames begin with.</summary>
    public LinkType Link { get; }

    /// <summary>The most that is captured of each frame.</summary>
    public int SnapLengthBytes { get; }

    /// <summary>What the kernel counted.</summary>
    public CaptureStatistics Statistics
    {
        get
        {
            lock (_closing)
            {
                pcap_stat counted;
                return _pcap != 0 && Pcap.pcap_stats(_pcap, &counted) == 0 ? new CaptureStatistics(counted.ps_recv, counted.ps_drop) : default;
            }
        }
    }

    /// <summary>Begins to capture: what passes from now on waits in the kernel's buffer until <see cref="Read"/> takes it.</summary>
    /// <exception cref="CaptureException">No libpcap, no such interface, no permission, or an expression that is none.</exception>
    public static LiveCapture Open(CaptureOptions options)
    {
        nint pcap = PcapErrors.Loaded(() => Create(options.Interface));
        try
        {
            if (pcap == 0)
                throw new CaptureException($"capture on {options.Interface}: libpcap has no memory for it");
            Activate(pcap, options);
            IgnoreWhatComesTwice(pcap, options.Interface);
            if (options.Filter.Length > 0)
            {
                using PacketFilter filter = PacketFilter.Compile(options.Filter, pcap);
                filter.Set(pcap);
            }

            var capture = new LiveCapture(pcap, options);
            pcap = 0;
            return capture;
        }
        finally
        {
            if (pcap != 0)
                Pcap.pcap_close(pcap);
        }
    }

    /// <summary>Hands over what has come, after waiting for the first frame, or for <see cref="Stop"/>, at most so long.</summary>
    /// <returns>How many frames; 0 when none came in that time.</returns>
    /// <exception cref="CaptureException">The interface has gone.</exception>
    public int Read(FrameHandler handler, TimeSpan timeout)
    {
        ObjectDisposedException.ThrowIf(_pcap == 0, this);
        Wait(timeout);
        var self = GCHandle.Alloc(this);
        _handler = handler;
        try
        {
            int count = Pcap.pcap_dispatch(_pcap, CaptureLimits.FramesAtOnce, &OnFrame, GCHandle.ToIntPtr(self));
            if (Interlocked.Exchange(ref _thrown, null) is { } thrown)
                ExceptionDispatchInfo.Throw(thrown);
            return count >= 0 ? count : throw new CaptureException($"capture on {Interface}: {Pcap.Text(Pcap.pcap_geterr(_pcap))}");
        }
        finally
        {
            _handler = null;
            self.Free();
        }
    }

    /// <summary>Hands over a frame that was never captured, as <see cref="Read"/> would: what is done with frames is compiled then.</summary>
    public void Rehearse(ReadOnlySpan<byte> frame, FrameHandler handler)
    {
        var self = GCHandle.Alloc(this);
        _handler = handler;
        delegate* unmanaged<nint, pcap_pkthdr*, byte*, void> callback = &OnFrame;
        var header = new pcap_pkthdr { caplen = (uint)frame.Length, len = (uint)frame.Length };
        fixed (byte* bytes = frame)
            callback(GCHandle.ToIntPtr(self), &header, bytes);
        _handler = null;
        self.Free();
        if (Interlocked.Exchange(ref _thrown, null) is { } thrown)
            ExceptionDispatchInfo.Throw(thrown);
    }

    /// <summary>Ends the wait that is under way, or else the next one; what has come can still be read. From any thread.</summary>
    public void Stop() => _wake.Signal();

    public void Dispose()
    {
        lock (_closing)
        {
            if (_pcap != 0)
                Pcap.pcap_close(_pcap);
            _pcap = 0;
            _wake.Dispose();
        }
    }

    // The library's own wait ends with a frame only.
    private void Wait(TimeSpan timeout)
    {
        Span<pollfd> both =
        [
            new pollfd { fd = Pcap.pcap_get_selectable_fd(_pcap), events = POLLIN },
            new pollfd { fd = _wake.Fd.Number, events = POLLIN },
        ];
        Sys.Poll(both, timeout);
        if (both[1].revents != 0)
            _wake.Clear();
    }

    private static nint Create(string device)
    {
        byte* error = stackalloc byte[Pcap.ErrorBufferBytes];
        fixed (byte* name = Encoding.UTF8.GetBytes(device + '\0'))
            return Pcap.pcap_create(name, error);
    }

    private static int SnapLength(CaptureOptions options) => Math.Clamp(options.SnapLengthBytes, 1, CaptureOptions.MaxSnapLengthBytes);

    private static void Activate(nint pcap, CaptureOptions options)
    {
        _ = Pcap.pcap_set_snaplen(pcap, SnapLength(options));
        _ = Pcap.pcap_set_promisc(pcap, options.IsPromiscuous ? 1 : 0);
        _ = Pcap.pcap_set_immediate_mode(pcap, options.IsImmediate ? 1 : 0);
        _ = Pcap.pcap_set_timeout(pcap, Math.Max(1, (int)options.BlockTimeout.TotalMilliseconds));
        _ = Pcap.pcap_set_buffer_size(pcap, options.BufferBytes);
        _ = Pcap.pcap_set_tstamp_precision(pcap, Pcap.PrecisionNano);
        int status = Pcap.pcap_activate(pcap);
        if (status < 0)
            throw PcapErrors.Opening(options.Interface, status, Pcap.Text(Pcap.pcap_geterr(pcap)));
        byte* error = stackalloc byte[Pcap.ErrorBufferBytes];
        _ = Pcap.pcap_setnonblock(pcap, 1, error);
        // With the interface of each frame, where libpcap has it (1.10).
        if (options.Interface == "any")
            _ = Pcap.pcap_set_datalink(pcap, (int)LinkType.LinuxCookedV2);
    }

    // Loopback shows a frame as it leaves and as it comes in. libpcap throws the first away, after it has taken room in the buffer.
    private static void IgnoreWhatComesTwice(nint pcap, string device)
    {
        if (device == "lo")
            Sys.SetSockOpt(Pcap.pcap_get_selectable_fd(pcap), SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
    }

    [UnmanagedCallersOnly]
    private static void OnFrame(nint user, pcap_pkthdr* header, byte* bytes)
    {
        var self = (LiveCapture)GCHandle.FromIntPtr(user).Target!;
        // An exception must not pass through libpcap's frames.
        try
        {
            if (self._thrown is null)
                self._handler!((header->tv_sec * 1_000_000_000L) + header->tv_usec, new ReadOnlySpan<byte>(bytes, (int)header->caplen), (int)header->len);
        }
        catch (Exception exception)
        {
            self._thrown = exception;
        }
    }
}
