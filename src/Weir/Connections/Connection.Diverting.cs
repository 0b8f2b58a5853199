using Weir.Linux;

namespace Weir;

/// <summary>Takes what a connection receives, in place of its reader.</summary>
internal interface IDiversion
{
    /// <summary>Receives once; on the loop's thread.</summary>
    /// <returns>Whether there may be more now.</returns>
    bool Receive(ref int remaining);

    /// <summary>The connection that is sent to may have room again, or has failed; on the loop's thread.</summary>
    void OnRoom();
}

// For a relay, which lets the kernel move the bytes of a long transfer. Everything here is called on the loop's thread.
public sealed partial class Connection
{
    private IDiversion? _diversion;
    private IDiversion? _feeder;

    internal bool IsOpen => _state == CloseState.Open;

    /// <summary>From now on what arrives goes to the diversion; the reader, which has nothing unread, sees the end or the error.</summary>
    internal void Divert(IDiversion diversion, Connection to)
    {
        _diversion = diversion;
        to._feeder = diversion;
        Request(ConnectionRequests.Receive);
    }

    internal void EndDiversion(Connection to)
    {
        _diversion = null;
        to._feeder = null;
    }

    /// <summary>What waits goes on.</summary>
    internal void ReceiveDiverted()
    {
        if (_state != CloseState.Closed)
            ReceiveNow();
    }

    internal void CountReceived(int bytes)
    {
        ReceivedBytes += bytes;
        Loop.Counters.ReceivedBytes += bytes;
        _timer?.LastReceivedMs = Loop.NowMs;
    }

    internal void EndInputDiverted(Errno errno) => EndInput(errno);
}
