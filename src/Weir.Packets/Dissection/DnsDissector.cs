namespace Weir.Packets.Dissection;

internal static class DnsDissector
{
    /// <summary>The most questions and records that are read of one message.</summary>
    public const int MaxRecords = 128;

    private const int HeaderBytes = 12;
    private const int PrefixBytes = 2;

    public static void Dissect(Packet packet, bool isStream)
    {
        ReadOnlySpan<byte> message = packet.Payload.Span;
        if (isStream)
        {
            // A later segment of a long message begins anywhere: that is no fault.
            if (message.Length < PrefixBytes + HeaderBytes || Length(message) < HeaderBytes)
                return;
            message = message.Slice(PrefixBytes, Math.Min(Length(message), message.Length - PrefixBytes));
        }

        var reader = new ByteReader(message);
        if (!reader.TryTake(HeaderBytes, out ReadOnlySpan<byte> header))
        {
            packet.Note($"dns: the header is cut off at {message.Length} of {HeaderBytes} bytes");
            return;
        }

        packet.Dns = Header(header);
        if (!ReadSections(packet.Dns, message, ref reader, header, out string problem))
            packet.Note($"dns: {problem}");
    }

    private static int Length(ReadOnlySpan<byte> bytes) => (bytes[0] << 8) | bytes[1];

    private static DnsMessage Header(ReadOnlySpan<byte> header) => new()
    {
        Id = Length(header),
        IsResponse = (header[2] & 0x80) != 0,
        Opcode = (header[2] >> 3) & 0xF,
        IsAuthoritative = (header[2] & 4) != 0,
        IsTruncated = (header[2] & 2) != 0,
        RecursionDesired = (header[2] & 1) != 0,
        RecursionAvailable = (header[3] & 0x80) != 0,
        ResponseCode = (DnsResponseCode)(header[3] & 0xF),
    };

    private static bool ReadSections(
        DnsMessage dns, ReadOnlySpan<byte> message, ref ByteReader reader, ReadOnlySpan<byte> header, out string problem)
    {
        int budget = MaxRecords;
        dns.Questions = ReadQuestions(message, ref reader, Length(header[4..]), ref budget, out problem);
        if (problem.Length == 0)
            dns.Answers = ReadRecords(message, ref reader, Length(header[6..]), ref budget, "answer", out problem);
        if (problem.Length == 0)
            dns.Authorities = ReadRecords(message, ref reader, Length(header[8..]), ref budget, "authority", out problem);
        if (problem.Length == 0)
            dns.Additionals = ReadRecords(message, ref reader, Length(header[10..]), ref budget, "additional record", out problem);
        return problem.Length == 0;
    }

    private static List<DnsQuestion> ReadQuestions(
        ReadOnlySpan<byte> message, ref ByteReader reader, int count, ref int budget, out string problem)
    {
        List<DnsQuestion> questions = [];
        problem = "";
        for (int index = 0; index < count; index++)
        {
            if (budget-- == 0)
            {
                problem = $"more than {MaxRecords} records";
                break;
            }

            if (!DnsName.TryRead(message, ref reader, out string name) || !reader.TryReadUInt16(out int type)
                || !reader.TryReadUInt16(out int @class))
            {
                problem = $"question {index + 1} of {count} is not whole";
                break;
            }

            questions.Add(new DnsQuestion(name, (DnsType)type, @class));
        }

        return questions;
    }

    private static List<DnsRecord> ReadRecords(
        ReadOnlySpan<byte> message, ref ByteReader reader, int count, ref int budget, string part, out string problem)
    {
        List<DnsRecord> records = [];
        problem = "";
        for (int index = 0; index < count; index++)
        {
            if (budget-- == 0)
            {
                problem = $"more than {MaxRecords} records";
                break;
            }

            if (!DnsName.TryRead(message, ref reader, out string name) || !reader.TryReadUInt16(out int type)
                || !reader.TryReadUInt16(out int @class) || !reader.TryReadUInt32(out uint seconds)
                || !reader.TryReadUInt16(out int length) || length > reader.Remaining)
            {
                problem = $"{part} {index + 1} of {count} is not whole";
                break;
            }

            string? data = DnsRecordText.Read(message, reader.Position, length, (DnsType)type);
            reader.TryTake(length, out _);
            records.Add(new DnsRecord(name, (DnsType)type, @class, seconds, length, data));
        }

        return records;
    }
}
