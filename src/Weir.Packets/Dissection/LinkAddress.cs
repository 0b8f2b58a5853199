namespace Weir.Packets.Dissection;

/// <summary>An address of a link layer, up to eight bytes: of Ethernet, six.</summary>
public readonly record struct LinkAddress
{
    public const int MaxBytes = 8;

    private readonly ulong _value;

    /// <summary>Takes the first <see cref="MaxBytes"/> of the bytes.</summary>
    public LinkAddress(ReadOnlySpan<byte> bytes)
    {
        LengthBytes = Math.Min(bytes.Length, MaxBytes);
        foreach (byte part in bytes[..LengthBytes])
            _value = (_value << 8) | part;
    }

    public int LengthBytes { get; }

    /// <summary>Whether it is for everybody on the link.</summary>
    public bool IsBroadcast => LengthBytes > 0 && _value == ulong.MaxValue >> (64 - (8 * LengthBytes));

    /// <summary><c>02:00:5e:00:53:01</c>; empty where the link has no addresses.</summary>
    public override string ToString()
    {
        if (LengthBytes == 0)
            return "";
        Span<char> text = stackalloc char[(MaxBytes * 3) - 1];
        int length = 0;
        for (int index = LengthBytes - 1; index >= 0; index--)
        {
            byte part = (byte)(_value >> (8 * index));
            text[length++] = HexDigit(part >> 4);
            text[length++] = HexDigit(part & 0xF);
            if (index > 0)
                text[length++] = ':';
        }

        return new string(text[..length]);
    }

    private static char HexDigit(int value) => (char)(value < 10 ? '0' + value : 'a' + value - 10);
}
