using Weir.Linux;
using Weir.Packets.Dissection;

namespace Weir.Wire;

// What the script sends.
public sealed partial class ScriptedEndpoint
{
    /// <summary>Opens a connection, or says anew that it would.</summary>
    /// <param name="toPort">Of the host; the one that is known, when it is left out.</param>
    /// <param name="window">As it stands in the header.</param>
    /// <param name="sequence">0 for the SYN that belongs here; another number makes it another connection's.</param>
    public ScriptedEndpoint SendSyn(int? toPort = null, ushort window = DefaultWindow, SegmentOptions? options = null, long sequence = 0)
    {
        HostPort = toPort ?? HostPort;
        return Send(TcpFlags.Syn, sequence: sequence, acknowledgment: null, window, options ?? SegmentOptions.OfSyn);
    }

    public ScriptedEndpoint SendSynAck(ushort window = DefaultWindow, SegmentOptions? options = null) =>
        Send(TcpFlags.Syn | TcpFlags.Ack, sequence: 0, acknowledgment: null, window, options ?? SegmentOptions.OfSyn);

    /// <param name="acknowledgment">The next byte that is wanted; <see cref="Expected"/> when it is left out.</param>
    /// <param name="window">As it stands in the header; the host shifts it by the scale that a SYN offered.</param>
    /// <param name="options">Such as blocks that have arrived beyond a gap.</param>
    /// <param name="sequence"><see cref="Next"/> when it is left out.</param>
    public ScriptedEndpoint SendAck(long? acknowledgment = null, ushort window = DefaultWindow, SegmentOptions? options = null, long? sequence = null) =>
        Send(TcpFlags.Ack, sequence, acknowledgment, window, options);

    /// <summary>Bytes, with an acknowledgement.</summary>
    /// <inheritdoc cref="SendAck"/>
    public ScriptedEndpoint Send(
        ReadOnlySpan<byte> data, long? sequence = null, long? acknowledgment = null, ushort window = DefaultWindow, SegmentOptions? options = null) =>
        Send(TcpFlags.Psh | TcpFlags.Ack, sequence, acknowledgment, window, options, data);

    /// <inheritdoc cref="SendAck"/>
    public ScriptedEndpoint SendFin(long? acknowledgment = null, ushort window = DefaultWindow, long? sequence = null) =>
        Send(TcpFlags.Fin | TcpFlags.Ack, sequence, acknowledgment, window);

    /// <summary>A reset, with an acknowledgement when the host has sent anything.</summary>
    /// <param name="sequence"><see cref="Next"/> when it is left out.</param>
    public ScriptedEndpoint SendReset(long? sequence = null) =>
        Send(_knowsHost ? TcpFlags.Rst | TcpFlags.Ack : TcpFlags.Rst, sequence, acknowledgment: null, window: 0);

    /// <summary>Any segment.</summary>
    /// <param name="flags">With Ack the acknowledgement counts; without, it is zero on the wire.</param>
    /// <param name="sequence"><see cref="Next"/> when it is left out; then <see cref="Next"/> moves behind what is sent.</param>
    /// <param name="acknowledgment"><see cref="Expected"/> when it is left out.</param>
    /// <param name="window">As it stands in the header.</param>
    /// <param name="options">None when left out.</param>
    /// <param name="data">None when left out.</param>
    /// <exception cref="InvalidOperationException">The host's port is not known yet.</exception>
    /// <exception cref="ScriptException">The kernel does not take it: it is longer than the wire's MTU, or there was no room for it in <see cref="ScriptedEndpointOptions.Timeout"/>.</exception>
    public ScriptedEndpoint Send(
        TcpFlags flags,
        long? sequence = null,
        long? acknowledgment = null,
        ushort window = DefaultWindow,
        SegmentOptions? options = null,
        ReadOnlySpan<byte> data = default)
    {
        if (HostPort == 0)
            throw new InvalidOperationException("The host's port is not known: expect its SYN first, or send one to a port.");
        uint start = sequence is long given ? unchecked(_first + (uint)given) : _next;
        uint acknowledged = acknowledgment is long wanted ? unchecked(_hostFirst + (uint)wanted) : _expected;
        var fields = new TcpFields(Port, HostPort, start, flags.HasFlag(TcpFlags.Ack) ? acknowledged : 0, flags, window);
        byte[] frame = FrameBuilder.Tcp(_self, _host, fields, options?.Encode(_hostFirst) ?? [], data);
        SysResult taken = _port.Send(frame, _options.Timeout, out long at);
        var sent = ReceivedSegment.Of(frame, at, _first, _hostFirst);
        if (!taken.IsOk)
            throw new ScriptException($"to send {sent}", Refusal(taken.Errno), Exchange);
        Note(at, "→", sent.ToString());
        uint end = unchecked(start + (uint)sent.SequenceLength);
        if (Relative(end, _next) > 0)
            _next = end;
        return this;
    }

    private string Refusal(Errno errno) => errno switch
    {
        Errno.EMSGSIZE => "send: EMSGSIZE, it is longer than the wire's MTU",
        Errno.EAGAIN => $"send: EAGAIN, the kernel had no room for it in {_options.Timeout.TotalSeconds:0.###} s",
        Errno.ENOBUFS => $"send: ENOBUFS, the host did not take it in {_options.Timeout.TotalSeconds:0.###} s; is its interface up?",
        Errno.EBADF => "send: EBADF, the endpoint or its network is disposed of",
        _ => $"send: {errno}",
    };
}
