using System.Buffers;
using System.Text.Json;
using Weir.Cli.Output;
using Weir.Inspect.Processes;
using Weir.Linux;
using Weir.Packets.Dissection;
using Weir.Packets.Streams;
using Weir.Packets.Summaries;

namespace Weir.Cli.Capturing;

/// <summary>A JSON object for each packet, a line each.</summary>
internal sealed class JsonSink(InterfaceNames names) : PacketSink
{
    private readonly StreamTable _streams = new();
    private readonly ArrayBufferWriter<byte> _lines = new();

    public override void Flush()
    {
        Errno failed = StandardOutput.Write(_lines.WrittenSpan);
        _lines.ResetWrittenCount();
        if (failed is not Errno.None)
            throw new OutputLostException(failed);
    }

    public override void End() => Flush();

    protected override void Take(Packet packet, FlowOwner owner)
    {
        using (var writer = new Utf8JsonWriter(_lines))
            PacketJson.Write(writer, packet, _streams.Observe(packet), names.Of(packet), more => AddOwner(more, owner));
        _lines.Write("\n"u8);
        if (_lines.WrittenCount > 64 * 1024)
            Flush();
    }

    private static void AddOwner(Utf8JsonWriter writer, FlowOwner owner)
    {
        Add(writer, "sender", owner.Sender);
        Add(writer, "receiver", owner.Receiver);
    }

    private static void Add(Utf8JsonWriter writer, string key, SocketHolder? holder)
    {
        if (holder is null)
            return;
        writer.WriteStartObject(key);
        writer.WriteString("process", holder.Name);
        writer.WriteNumber("pid", holder.ProcessId);
        if (holder.Fd >= 0)
            writer.WriteNumber("fd", holder.Fd);
        writer.WriteEndObject();
    }
}
