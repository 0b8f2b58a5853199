namespace Weir;

/// <summary>What a peer has sent while its session is being opened, which takes long when a name is looked up.</summary>
internal sealed class WaitingDatagrams
{
    private const int MaxCount = 8;
    private const int MaxBytes = 64 * 1024;

    private readonly List<byte[]> _datagrams = [];
    private int _bytes;

    public IReadOnlyList<byte[]> Datagrams => _datagrams;

    /// <returns>False when there is no room.</returns>
    public bool TryAdd(ReadOnlySpan<byte> datagram)
    {
        if (_datagrams.Count == MaxCount || datagram.Length > MaxBytes - _bytes)
            return false;
        _datagrams.Add(datagram.ToArray());
        _bytes += datagram.Length;
        return true;
    }
}
