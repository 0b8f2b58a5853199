using System.Text;

namespace Weir.Packets.Dissection;

/// <summary>Bytes of the network as text that does nothing to a terminal.</summary>
internal static class PrintableText
{
    /// <summary>ASCII as it is, with <c>\xHH</c> for other bytes, and <c>…</c> where it was cut.</summary>
    public static void Append(StringBuilder text, ReadOnlySpan<byte> bytes, int maxBytes)
    {
        foreach (byte each in bytes[..Math.Min(bytes.Length, maxBytes)])
        {
            if (each is (byte)'"' or (byte)'\\')
                text.Append('\\').Append((char)each);
            else if (each is >= 0x20 and < 0x7F)
                text.Append((char)each);
            else
                text.Append("\\x").Append(each.ToString("x2"));
        }

        if (bytes.Length > maxBytes)
            text.Append('…');
    }

    public static string From(ReadOnlySpan<byte> bytes, int maxBytes)
    {
        var text = new StringBuilder();
        Append(text, bytes, maxBytes);
        return text.ToString();
    }
}
