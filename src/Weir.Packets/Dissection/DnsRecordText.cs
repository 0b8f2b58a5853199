using System.Net;
using System.Text;

namespace Weir.Packets.Dissection;

/// <summary>A record's data as zone files write them.</summary>
internal static class DnsRecordText
{
    /// <summary>Longer texts are cut.</summary>
    public const int MaxTextBytes = 512;

    /// <summary>Null for types that are shown by their length, and for data that are not as their type wants.</summary>
    public static string? Read(ReadOnlySpan<byte> message, int start, int length, DnsType type)
    {
        // Names may point before the data, but nothing is read behind them.
        message = message[..(start + length)];
        var reader = new ByteReader(message, start);
        return type switch
        {
            DnsType.A when length == 4 => new IPAddress(reader.Rest).ToString(),
            DnsType.AAAA when length == 16 => new IPAddress(reader.Rest).ToString(),
            DnsType.CNAME or DnsType.NS or DnsType.PTR => DnsName.TryRead(message, ref reader, out string name) ? name : null,
            DnsType.MX => Numbered(message, reader, numbers: 1),
            DnsType.SRV => Numbered(message, reader, numbers: 3),
            DnsType.SOA => Authority(message, reader),
            DnsType.TXT => Texts(reader),
            _ => null,
        };
    }

    private static string? Numbered(ReadOnlySpan<byte> message, ByteReader reader, int numbers)
    {
        var text = new StringBuilder();
        for (int index = 0; index < numbers; index++)
        {
            if (!reader.TryReadUInt16(out int number))
                return null;
            text.Append(number).Append(' ');
        }

        return DnsName.TryRead(message, ref reader, out string name) ? text.Append(name).ToString() : null;
    }

    private static string? Authority(ReadOnlySpan<byte> message, ByteReader reader)
    {
        if (!DnsName.TryRead(message, ref reader, out string server) || !DnsName.TryRead(message, ref reader, out string mailbox))
            return null;
        var text = new StringBuilder(server).Append(' ').Append(mailbox);
        for (int index = 0; index < 5; index++)
        {
            if (!reader.TryReadUInt32(out uint number))
                return null;
            text.Append(' ').Append(number);
        }

        return text.ToString();
    }

    private static string? Texts(ByteReader reader)
    {
        var text = new StringBuilder();
        while (reader.TryReadByte(out int length))
        {
            if (!reader.TryTake(length, out ReadOnlySpan<byte> part))
                return null;
            if (text.Length > MaxTextBytes)
                return text.Append(" …").ToString();
            if (text.Length > 0)
                text.Append(' ');
            text.Append('"');
            PrintableText.Append(text, part, MaxTextBytes);
            text.Append('"');
        }

        return text.ToString();
    }
}
