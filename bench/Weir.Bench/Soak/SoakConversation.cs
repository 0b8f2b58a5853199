using System.Net.Sockets;

namespace Weir.Bench;

/// <summary>One connection of a client thread, non-blocking, from its header to its end. It ends itself as its plan says.</summary>
internal sealed class SoakConversation
{
    private readonly SoakPlan _plan;
    private readonly SoakScheme _scheme;
    private readonly SoakPattern _pattern;
    private readonly SoakTally _tally;
    private readonly byte[] _header = new byte[SoakHeader.SizeBytes];
    private readonly long _startMs;
    private long _movedMs;
    private long _resumeMs;
    private long _sent;
    private long _received;
    private bool _hasEndedStream;
    private bool _sawEnd;

    public SoakConversation(SoakPlan plan, SoakScheme scheme, Socket socket, SoakPattern pattern, SoakTally tally, long nowMs)
    {
        (_plan, _scheme, Socket, _pattern, _tally) = (plan, scheme, socket, pattern, tally);
        _startMs = _movedMs = nowMs;
        new SoakHeader(plan.Handler, plan.AmountBytes).Write(_header);
        tally.Opened();
    }

    public Socket Socket { get; }

    public bool IsOver { get; private set; }

    private bool HasSentAll => _sent == SoakHeader.SizeBytes + _plan.TotalBytes;

    public bool WantsWrite(long nowMs) => _plan.End != SoakEnd.Silent && !HasSentAll && nowMs >= _resumeMs;

    public bool WantsRead(long nowMs) => !_sawEnd && _plan.End is not (SoakEnd.Silent or SoakEnd.CloseUnread) && !IsStalling(nowMs);

    public void OnWritable(long nowMs)
    {
        if (_sent < SoakHeader.SizeBytes)
            Send(_header.AsSpan((int)_sent, Math.Min(_plan.FirstChunkBytes, SoakHeader.SizeBytes - (int)_sent)), nowMs);
        else
            Send(_pattern.At(_plan.PatternStart, _sent - SoakHeader.SizeBytes, (int)Math.Min(_plan.ChunkBytes, BytesLeft)), nowMs);
    }

    public void OnReadable(byte[] buffer, long nowMs)
    {
        int count = Socket.Receive(buffer, SocketFlags.None, out SocketError error);
        if (error == SocketError.WouldBlock)
            return;
        _movedMs = nowMs;
        if (error != SocketError.Success)
            OnError(error);
        else if (count == 0)
            OnEnd();
        else
            Verify(buffer.AsSpan(0, count));
    }

    /// <summary>What time alone brings about: ends in the middle, and hanging.</summary>
    public void OnTurn(long nowMs, bool isEnding)
    {
        if (IsOver)
            return;
        if (isEnding)
            _resumeMs = Math.Min(_resumeMs, nowMs);
        bool isDue = nowMs - _startMs >= _plan.EndAfterMs || (isEnding && _plan.End == SoakEnd.Silent);
        if (_plan.EndsInTheMiddle && (isDue || (_plan.End != SoakEnd.Silent && _sent >= _plan.EndAtBytes)))
            Finish(resets: _plan.End == SoakEnd.Reset || (_plan.End == SoakEnd.Silent && _plan.StallMs % 2 == 0));
        else if (IsStalling(nowMs) || nowMs < _resumeMs)
            _movedMs = nowMs;
        else if (nowMs - _movedMs > SoakOptions.HangLimit.TotalMilliseconds)
            Fail($"hangs: nothing moved for {SoakOptions.HangLimit.TotalSeconds:0} s");
    }

    /// <summary>The run is over, and its time as well.</summary>
    public void GiveUp() => Fail("has not come to its end");

    private long BytesLeft => SoakHeader.SizeBytes + _plan.TotalBytes - _sent;

    private bool IsStalling(long nowMs) => _plan.End == SoakEnd.Stall && nowMs - _startMs < _plan.StallMs;

    private void Send(ReadOnlySpan<byte> bytes, long nowMs)
    {
        int count = Socket.Send(bytes, SocketFlags.None, out SocketError error);
        if (error == SocketError.WouldBlock)
            return;
        _movedMs = nowMs;
        if (error != SocketError.Success)
        {
            OnError(error);
            return;
        }

        _sent += count;
        _tally.Sent(count);
        if (_resumeMs == 0 && _sent > _plan.PauseAtBytes)
            _resumeMs = nowMs + _plan.PauseMs;
        FinishIfComplete();
    }

    private void Verify(ReadOnlySpan<byte> bytes)
    {
        int wrong = _pattern.FirstWrong(_plan.PatternStart, _received, bytes);
        if (wrong >= 0)
        {
            Fail($"byte {_received + wrong} is wrong: 0x{bytes[wrong]:x2}");
            return;
        }

        _received += bytes.Length;
        _tally.Received(_plan.Handler, bytes.Length);
        if (SoakVerdict.OnBytes(_plan, _received) is { } verdict)
            Fail(verdict);
        else
            FinishIfComplete();
    }

    private void OnEnd()
    {
        _sawEnd = true;
        if (SoakVerdict.OnEnd(_plan, _scheme, _received, _hasEndedStream) is { } verdict)
            Fail(verdict);
        else if (_plan.Handler == SoakHandler.HalfCloses && !HasSentAll)
            return; // The server reads on.
        else
            FinishIfComplete();
    }

    private void OnError(SocketError error)
    {
        if (error is not (SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted))
            Fail($"{error}");
        else if (SoakVerdict.OnReset(_plan, _received) is { } verdict)
            Fail(verdict);
        else
            Finish(resets: false);
    }

    private void FinishIfComplete()
    {
        bool isCutOff = _sawEnd && _plan.IsCutByServer && _plan.Handler != SoakHandler.HalfCloses;
        if (isCutOff || (_hasEndedStream && _sawEnd))
            Finish(resets: false);
        else if (HasSentAll && _plan.EndsItsStream && !_hasEndedStream)
            EndStream();
        else if (HasSentAll && _plan.End == SoakEnd.Close && _received == _plan.EchoedBytes && (!_plan.IsCutByServer || _sawEnd))
            Finish(resets: false);
    }

    private void EndStream()
    {
        try
        {
            _hasEndedStream = true;
            Socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // A reset was quicker; the next read says so.
        }

        if (_sawEnd)
            Finish(resets: false);
    }

    private void Fail(string what)
    {
        if (IsOver)
            return;
        _tally.Wrong(
            $"{_plan.Handler} over {_scheme}, client's end {_plan.End}: {what} "
            + $"(sent {_sent} of {SoakHeader.SizeBytes + _plan.TotalBytes}, received {_received} of {_plan.EchoedBytes}, "
            + $"own end {(_hasEndedStream ? "sent" : "not sent")}, server's end {(_sawEnd ? "seen" : "not seen")})");
        Finish(resets: true);
    }

    private void Finish(bool resets)
    {
        if (resets && _scheme == SoakScheme.Tcp)
            Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        Socket.Dispose();
        IsOver = true;
        _tally.Closed(_plan);
    }
}
