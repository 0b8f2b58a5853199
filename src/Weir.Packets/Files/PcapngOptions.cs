using System.Text;

namespace Weir.Packets.Files;

/// <summary>Goes through a block's options; ends at one that does not fit.</summary>
internal ref struct PcapngOptions(PcapngNumbers numbers)
{
    /// <summary>The most that are looked at in one block.</summary>
    public const int MaxOptions = 256;

    private const int HeaderBytes = 4;

    private readonly PcapngNumbers _numbers = numbers;
    private int _next;
    private int _count;

    public int Code { get; private set; }

    public PcapngNumbers Value { get; private set; }

    public readonly string Text => Encoding.UTF8.GetString(Value.Slice(0, int.MaxValue)).TrimEnd('\0');

    public bool MoveNext()
    {
        if (_count++ == MaxOptions || _next + HeaderBytes > _numbers.Length)
            return false;
        (Code, int length) = (_numbers.UInt16(_next), _numbers.UInt16(_next + sizeof(ushort)));
        if (Code == PcapngFormat.EndOfOptions || _next + HeaderBytes + length > _numbers.Length)
            return false;
        Value = _numbers.From(_next + HeaderBytes).First(length);
        _next += HeaderBytes + PcapngFormat.Padded(length);
        return true;
    }
}
