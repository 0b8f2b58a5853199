using Weir.Sockets;

namespace Weir.Collecting;

/// <summary>What the kernel dropped at sockets that received from it too slowly, those that are closed included.</summary>
internal sealed class DatagramDrops
{
    private readonly Lock _lock = new();
    private readonly Dictionary<DatagramChannel, long> _perChannel = [];
    private long _ofClosed;

    public long Total
    {
        get
        {
            lock (_lock)
                return _ofClosed + _perChannel.Keys.Sum(Read);
        }
    }

    public void Add(DatagramChannel channel)
    {
        lock (_lock)
            _perChannel[channel] = 0;
    }

    public void Close(DatagramChannel channel)
    {
        lock (_lock)
        {
            _ofClosed += Read(channel);
            _perChannel.Remove(channel);
        }
    }

    // A socket that is being closed says no more, and what it said before holds.
    private long Read(DatagramChannel channel)
    {
        try
        {
            return _perChannel[channel] = channel.DroppedDatagrams;
        }
        catch (SocketCallException)
        {
            return _perChannel[channel];
        }
    }
}
