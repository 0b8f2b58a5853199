using System.Globalization;
using Weir.Packets;
using Weir.Packets.Dissection;
using Weir.Packets.Timelines;

namespace Weir.Wire;

// What is told while it happens: on wires' threads, and inside other people's calls.
public sealed partial class NetworkRecorder
{
    // The last one of each thread.
    private readonly Dictionary<int, RecordedCall> _returned = [];
    private int _events;
    private bool _hasFailed;

    private void Add(RecordedFrame frame)
    {
        lock (_lock)
        {
            if (!TryCount())
                return;
            _frames.Add(frame);
            Attempt(() =>
            {
                Follow(frame);
                Sample(Now());
            });
        }
    }

    private void OnCall(RecordedCall call)
    {
        lock (_lock)
        {
            if (_isStopped || !_hosts.TryGetValue(call.Host, out string? host))
                return;
            _returned[call.ThreadId] = call;
            if (!TryCount())
                return;
            _builder.Add(Describe(call, _builder.Participant(host)));
            Attempt(() =>
            {
                if (call is { Name: "listen", Result.IsOk: true } && CallLog.LocalAddressOf(call.Fd) is { } local)
                    _samplers[host].FollowListener(local);
                Sample(Now());
            });
        }
    }

    /// <summary>Whether it is not in the recording. One may have returned and been taken, but its thread has not got any further.</summary>
    private bool IsNew(RecordedCall call) => _returned.GetValueOrDefault(call.ThreadId) is not { } last || last.StartedAt != call.StartedAt;

    // Both ends of what passes: each has a socket for it, or had one.
    private void Follow(RecordedFrame frame)
    {
        if (Packet.Dissect(new CapturedFrame(LinkType.Ethernet, frame.SentNs, frame.SentBytes, frame.SentBytes.Length)) is not { Ip: { } ip, Tcp: { } tcp })
            return;
        if (_samplers.TryGetValue(frame.Path.From, out HostSampler? sender))
            sender.Follow(ip.Source, tcp.SourcePort, ip.Destination, tcp.DestinationPort);
        if (_samplers.TryGetValue(frame.Path.To, out HostSampler? receiver))
            receiver.Follow(ip.Destination, tcp.DestinationPort, ip.Source, tcp.SourcePort);
    }

    private static CallEvent Describe(RecordedCall call, int participant)
    {
        var happening = new CallEvent
        {
            TimeNs = RecordedFrame.ToNs(call.StartedAt),
            Participant = participant,
            Thread = call.ThreadId.ToString(CultureInfo.InvariantCulture),
            Name = call.Name,
            Arguments = call.Arguments,
        };
        return call.ReturnedAt is not { } returnedAt ? happening : happening with
        {
            EndNs = RecordedFrame.ToNs(returnedAt),
            Errno = call.Result.Errno,
            Result = call.Result.IsOk ? call.Result.Value : null,
        };
    }

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
            sampler.Sample(timeNs, _options.SamplesCounters);
    }

    private void Attempt(Action look)
    {
        try
        {
            look();
        }
        catch (Exception error) // It would come out of a call of somebody's, or end what the wire tells.
        {
            if (!_hasFailed)
                _builder.Add(new NoteEvent { TimeNs = Now(), Text = $"not all states are recorded: {error.Message}" });
            _hasFailed = true;
        }
    }

    private sealed class WireTap(NetworkRecorder recorder, NetworkWire wire) : IWireObserver
    {
        public void Observed(in WireEvent happened) => recorder.Add(RecordedFrame.Of(happened, wire));
    }
}
