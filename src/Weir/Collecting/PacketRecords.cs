namespace Weir.Collecting;

/// <summary>Makes records of what came in one piece: datagrams and messages.</summary>
internal abstract class PacketRecords(CollectorOptions options, Action onCut) : IRecordSource
{
    public abstract bool TryTake(RecordBatch batch);

    protected void Add(ReadOnlySpan<byte> packet, RecordBatch batch)
    {
        if (options.Framing == RecordFraming.Lines)
            AddLines(packet, batch);
        else if (options.Framing == RecordFraming.Datagrams || !packet.IsEmpty)
            batch.Add(packet);
    }

    // A packet ends its last line; one of no bytes is an empty line.
    private void AddLines(ReadOnlySpan<byte> packet, RecordBatch batch)
    {
        do
        {
            int newline = packet.IndexOf((byte)'\n');
            int length = newline < 0 ? packet.Length : newline;
            bool isCut = length > options.MaxLineBytes;
            if (isCut)
                onCut();
            int taken = isCut ? options.MaxLineBytes : length;
            batch.Add(packet[..taken], endsLine: true);
            packet = packet[(isCut || newline < 0 ? taken : taken + 1)..];
        }
        while (!packet.IsEmpty);
    }
}

/// <summary>A batch of datagrams.</summary>
internal sealed class DatagramRecords(CollectorOptions options, Action onCut) : PacketRecords(options, onCut)
{
    private ReceivedDatagrams? _datagrams;
    private int _next;

    public void Offer(ReceivedDatagrams datagrams) => (_datagrams, _next) = (datagrams, 0);

    public override bool TryTake(RecordBatch batch)
    {
        if (_datagrams is null || _next == _datagrams.Count)
            return false;
        Add(_datagrams[_next++].Bytes, batch);
        return true;
    }
}

/// <summary>One message.</summary>
internal sealed class MessageRecords(CollectorOptions options, Action onCut) : PacketRecords(options, onCut)
{
    private Message? _message;

    public void Offer(Message message) => _message = message;

    public override bool TryTake(RecordBatch batch)
    {
        if (_message is null)
            return false;
        Add(_message.Bytes.Span, batch);
        _message = null;
        return true;
    }
}
