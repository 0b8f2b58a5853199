using System.Text.Json;
using Weir.Packets.Dissection;
using Weir.Packets.Streams;

namespace Weir.Packets.Summaries;

internal static class TcpJson
{
    public static void Write(Utf8JsonWriter writer, TcpHeader tcp, StreamSegment? segment)
    {
        writer.WriteStartObject("tcp");
        writer.WriteNumber("sourcePort", tcp.SourcePort);
        writer.WriteNumber("destinationPort", tcp.DestinationPort);
        writer.WriteStartArray("flags");
        foreach (string flag in JsonNames.OfFlags(tcp.Flags))
            writer.WriteStringValue(flag);

        writer.WriteEndArray();
        writer.WriteNumber("sequence", tcp.Sequence.Value);
        if (tcp.IsAck)
            writer.WriteNumber("acknowledgment", tcp.Acknowledgment.Value);
        writer.WriteNumber("window", tcp.Window);
        writer.WriteNumber("headerBytes", tcp.HeaderBytes);
        writer.WriteNumber("checksum", tcp.Checksum);
        if (tcp.ChecksumState != ChecksumState.NotVerified)
            writer.WriteBoolean("checksumCorrect", tcp.ChecksumState == ChecksumState.Correct);
        if (tcp.Flags.HasFlag(TcpFlags.Urg))
            writer.WriteNumber("urgentPointer", tcp.UrgentPointer);
        if (segment is { } place)
            WriteStream(writer, place);
        if (tcp.Options.LengthBytes > 0)
            WriteOptions(writer, tcp.Options, segment);
        writer.WriteEndObject();
    }

    private static void WriteStream(Utf8JsonWriter writer, StreamSegment place)
    {
        writer.WriteNumber("stream", place.Stream.Number);
        writer.WriteBoolean("fromInitiator", place.IsFromInitiator);
        writer.WriteNumber("relativeSequence", place.Sequence);
        writer.WriteNumber("relativeNextSequence", place.NextSequence);
        if (place.Acknowledgment is { } acknowledgment)
            writer.WriteNumber("relativeAcknowledgment", acknowledgment);
        if (place.WindowBytes is { } window)
            writer.WriteNumber("windowBytes", window);
    }

    private static void WriteOptions(Utf8JsonWriter writer, TcpOptions options, StreamSegment? segment)
    {
        writer.WriteStartObject("options");
        writer.WriteNumber("lengthBytes", options.LengthBytes);
        if (options.MaximumSegmentBytes is { } mss)
            writer.WriteNumber("maximumSegmentBytes", mss);
        if (options.WindowScale is { } scale)
            writer.WriteNumber("windowScale", scale);
        if (options.SackPermitted)
            writer.WriteBoolean("sackPermitted", value: true);
        if (options.Timestamps is { } times)
        {
            writer.WriteNumber("timestampValue", times.Value);
            writer.WriteNumber("timestampEchoReply", times.EchoReply);
        }

        if (options.SackBlocks.Count > 0)
            WriteSack(writer, options, segment);
        WriteRareOptions(writer, options);
        writer.WriteEndObject();
    }

    private static void WriteSack(Utf8JsonWriter writer, TcpOptions options, StreamSegment? segment)
    {
        writer.WriteBoolean("duplicateSack", options.HasDuplicateSack);
        writer.WriteStartArray("sack");
        foreach (SackBlock block in options.SackBlocks)
        {
            writer.WriteStartObject();
            writer.WriteNumber("left", block.Left.Value);
            writer.WriteNumber("right", block.Right.Value);
            if (segment?.Position(block) is var (left, right))
            {
                writer.WriteNumber("relativeLeft", left);
                writer.WriteNumber("relativeRight", right);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteRareOptions(Utf8JsonWriter writer, TcpOptions options)
    {
        if (options.FastOpenCookie is { } cookie)
            writer.WriteString("fastOpenCookie", Convert.ToHexStringLower(cookie.Span));
        if (options.HasMd5)
            writer.WriteBoolean("md5", value: true);
        if (options.HasAuthentication)
            writer.WriteBoolean("authentication", value: true);
        if (options.Others.Count == 0)
            return;
        writer.WriteStartArray("others");
        foreach (TcpOption other in options.Others)
        {
            writer.WriteStartObject();
            writer.WriteNumber("kind", other.Kind);
            writer.WriteString("data", Convert.ToHexStringLower(other.Data.Span));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
