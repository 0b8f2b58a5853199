using System.Diagnostics;
using Weir.Packets.Dissection;

namespace Weir.Wire;

// What the script expects.
public sealed partial class ScriptedEndpoint
{
    private ReceivedSegment? _last;

    /// <summary>The host opens a connection to <see cref="Port"/>. Its numbers count from here on.</summary>
    /// <param name="within">How long to wait; otherwise <see cref="ScriptedEndpointOptions.Timeout"/>.</param>
    /// <exception cref="ScriptException">Something else comes, or nothing.</exception>
    public ScriptedEndpoint ExpectSyn(TimeSpan? within = null) =>
        Expect("a SYN", segment => segment.Header is { IsSyn: true, IsAck: false }, within);

    /// <inheritdoc cref="ExpectSyn"/>
    public ScriptedEndpoint ExpectSynAck(TimeSpan? within = null) =>
        Expect("a SYN with ACK", segment => segment.Header is { IsSyn: true, IsAck: true }, within);

    /// <summary>An acknowledgement and nothing else.</summary>
    /// <param name="acknowledgment">Of this number; of whatever, when it is left out.</param>
    /// <param name="within">As of <see cref="ExpectSyn"/>.</param>
    /// <exception cref="ScriptException">Something else comes, or nothing.</exception>
    public ScriptedEndpoint ExpectAck(long? acknowledgment = null, TimeSpan? within = null) => Expect(
        acknowledgment is null ? "an ACK" : $"an ACK of {acknowledgment}",
        segment => segment is { SequenceLength: 0, Header: { IsAck: true, IsReset: false } }
            && (acknowledgment is null || segment.Acknowledgment == acknowledgment),
        within);

    /// <summary>A segment with data.</summary>
    /// <param name="sequence">Its first byte; wherever, when it is left out.</param>
    /// <param name="length">In bytes; however many, when it is left out.</param>
    /// <param name="within">As of <see cref="ExpectSyn"/>.</param>
    /// <exception cref="ScriptException">Something else comes, or nothing.</exception>
    public ScriptedEndpoint ExpectData(long? sequence = null, int? length = null, TimeSpan? within = null) => Expect(
        $"{(length is null ? "data" : $"{length} bytes")}{(sequence is null ? "" : $" from {sequence} on")}",
        segment => segment.Data.Length > 0
            && (sequence is null || segment.Sequence == sequence)
            && (length is null || segment.Data.Length == length),
        within);

    /// <inheritdoc cref="ExpectSyn"/>
    public ScriptedEndpoint ExpectFin(TimeSpan? within = null) => Expect("a FIN", segment => segment.Header.IsFin, within);

    /// <inheritdoc cref="ExpectSyn"/>
    public ScriptedEndpoint ExpectReset(TimeSpan? within = null) => Expect("a reset", segment => segment.Header.IsReset, within);

    /// <summary>The next segment is such a one.</summary>
    /// <param name="expected">What, in words, for the message.</param>
    /// <param name="match">Whether it is.</param>
    /// <param name="within">As of <see cref="ExpectSyn"/>.</param>
    /// <exception cref="ScriptException">Something else comes, or nothing.</exception>
    public ScriptedEndpoint Expect(string expected, Func<ReceivedSegment, bool> match, TimeSpan? within = null)
    {
        ArgumentNullException.ThrowIfNull(match);
        TimeSpan limit = within ?? _options.Timeout;
        ReceivedSegment segment = Receive(limit) ?? throw new ScriptException(expected, $"nothing came in {limit.TotalSeconds:0.###} s", Exchange);
        return match(segment) ? Accept(segment) : throw new ScriptException(expected, $"got {segment}", Exchange);
    }

    /// <summary>Passes over segments until such a one comes.</summary>
    /// <inheritdoc cref="Expect"/>
    public ScriptedEndpoint SkipTo(string expected, Func<ReceivedSegment, bool> match, TimeSpan? within = null)
    {
        ArgumentNullException.ThrowIfNull(match);
        TimeSpan limit = within ?? _options.Timeout;
        long start = Stopwatch.GetTimestamp();
        while (Receive(limit - Stopwatch.GetElapsedTime(start)) is ReceivedSegment segment)
        {
            Accept(segment);
            if (match(segment))
                return this;
        }

        throw new ScriptException(expected, $"it did not come in {limit.TotalSeconds:0.###} s", Exchange);
    }

    /// <summary>The host sends nothing for so long.</summary>
    /// <exception cref="ScriptException">It does.</exception>
    public ScriptedEndpoint ExpectNothing(TimeSpan during) =>
        Receive(during) is ReceivedSegment segment ? throw new ScriptException("nothing", $"got {segment}", Exchange) : this;

    private ReceivedSegment? Receive(TimeSpan within)
    {
        long start = Stopwatch.GetTimestamp();
        while (_port.Take(within - Stopwatch.GetElapsedTime(start)) is var (packet, at))
        {
            TcpHeader header = packet.Tcp!;
            // What belongs to another conversation is not part of this script.
            if (header.DestinationPort != Port || (HostPort != 0 && header.SourcePort != HostPort))
                continue;
            Learn(header);
            var segment = new ReceivedSegment(packet, at, _hostFirst, _first);
            Note(at, "←", segment.ToString());
            return segment;
        }

        return null;
    }

    private void Learn(TcpHeader header)
    {
        HostPort = header.SourcePort;
        if (_knowsHost || !header.IsSyn)
            return;
        _knowsHost = true;
        _hostFirst = _expected = header.Sequence.Value;
    }

    private ScriptedEndpoint Accept(ReceivedSegment segment)
    {
        _last = segment;
        uint start = segment.Header.Sequence.Value;
        uint end = unchecked(start + (uint)segment.SequenceLength);
        if (Relative(start, _expected) <= 0 && Relative(end, _expected) > 0)
            _expected = end;
        return this;
    }
}
