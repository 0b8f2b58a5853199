using System.Text;

namespace Weir.Packets.Dissection;

/// <summary>Reads names, whose ends may be pointers to names before them (RFC 1035, section 4.1.4).</summary>
internal static class DnsName
{
    /// <summary>The most pointers that are followed; each leads backwards, so that none leads round.</summary>
    public const int MaxPointers = 64;

    /// <summary>The longest name (RFC 1035, section 3.1).</summary>
    public const int MaxBytes = 255;

    private const int PointerBits = 0xC0;

    /// <summary>False when the name is not whole, or no name.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, ref ByteReader reader, out string name)
    {
        var text = new StringBuilder();
        name = "";
        int nameBytes = 0;
        int lowest = reader.Position;
        var at = new ByteReader(message, reader.Position);
        for (int pointers = 0; at.TryReadByte(out int length);)
        {
            if ((length & PointerBits) == PointerBits)
            {
                if (!at.TryReadByte(out int low))
                    return false;
                if (pointers++ == 0)
                    reader = new ByteReader(message, at.Position);
                int target = ((length & ~PointerBits) << 8) | low;
                if (target >= lowest || pointers > MaxPointers)
                    return false;
                lowest = target;
                at = new ByteReader(message, target);
                continue;
            }

            if (length == 0)
            {
                if (pointers == 0)
                    reader = new ByteReader(message, at.Position);
                name = text.Length == 0 ? "." : text.ToString();
                return true;
            }

            nameBytes += length + 1;
            if ((length & PointerBits) != 0 || nameBytes > MaxBytes || !at.TryTake(length, out ReadOnlySpan<byte> label))
                return false;
            Append(text, label);
        }

        return false;
    }

    private static void Append(StringBuilder text, ReadOnlySpan<byte> label)
    {
        if (text.Length > 0)
            text.Append('.');
        foreach (byte each in label)
        {
            if (each is (byte)'.' or (byte)'\\')
                text.Append('\\').Append((char)each);
            else if (each is > 0x20 and < 0x7F)
                text.Append((char)each);
            else
                text.Append('\\').Append(each.ToString("D3"));
        }
    }
}
