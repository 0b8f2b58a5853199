using System.Buffers.Binary;

namespace Weir.Inspect.Tracing;

/// <summary>One end of a flow: whose packets go there and come from there. IPv4 as IPv6 that stands for it; the ports of an echo are its identifier.</summary>
internal readonly record struct FlowEnd(byte Protocol, UInt128 Local, ushort LocalPort, UInt128 Remote, ushort RemotePort)
{
    /// <summary>As <see cref="FlowMarks"/> writes it.</summary>
    public void Write(Span<byte> key)
    {
        key.Clear();
        BinaryPrimitives.WriteUInt128BigEndian(key, Local);
        BinaryPrimitives.WriteUInt128BigEndian(key[FlowMarks.RemoteAt..], Remote);
        BinaryPrimitives.WriteUInt16BigEndian(key[FlowMarks.LocalPortAt..], LocalPort);
        BinaryPrimitives.WriteUInt16BigEndian(key[FlowMarks.RemotePortAt..], RemotePort);
        key[FlowMarks.ProtocolAt] = Protocol;
    }
}
