using System.Buffers.Binary;

namespace Weir.Kestrel.Tests.Http2;

/// <summary>The kinds of frames (RFC 9113, section 6).</summary>
internal enum FrameType : byte
{
    Data = 0,
    Headers = 1,
    ResetStream = 3,
    Settings = 4,
    Ping = 6,
    GoAway = 7,
    WindowUpdate = 8,
}

[Flags]
internal enum FrameFlags : byte
{
    None = 0,

    /// <summary>Of DATA and HEADERS; the same bit is <see cref="Frame.Ack"/>.</summary>
    EndStream = 1,
    EndHeaders = 4,
}

/// <summary>What a client tells about itself (RFC 9113, section 6.5.2).</summary>
internal enum Setting : ushort
{
    HeaderTableSize = 1,
    InitialWindowSize = 4,
}

/// <summary>Why a stream or a connection ended (RFC 9113, section 7).</summary>
internal enum ErrorCode
{
    NoError = 0,
    ProtocolError = 1,
    InternalError = 2,
    RefusedStream = 7,
    Cancel = 8,
    EnhanceYourCalm = 11,
}

/// <summary>One frame: a header of nine bytes, and its payload.</summary>
internal sealed record Frame(FrameType Type, FrameFlags Flags, int Stream, byte[] Payload)
{
    public const int HeaderBytes = 9;

    /// <summary>Of SETTINGS and PING.</summary>
    public const FrameFlags Ack = FrameFlags.EndStream;

    public bool EndsStream => Type is FrameType.Data or FrameType.Headers && (Flags & FrameFlags.EndStream) != FrameFlags.None;

    public bool IsAck => Type is FrameType.Settings or FrameType.Ping && (Flags & Ack) != FrameFlags.None;

    /// <summary>Of RST_STREAM and GOAWAY.</summary>
    public ErrorCode Error => (ErrorCode)BinaryPrimitives.ReadInt32BigEndian(Payload.AsSpan(Type == FrameType.GoAway ? 4 : 0));

    /// <summary>Of GOAWAY: streams beyond this one were not looked at.</summary>
    public int LastStream => BinaryPrimitives.ReadInt32BigEndian(Payload);

    /// <summary>Whether it is the beginning of an answer with status 200, by the entry of the static table (RFC 7541, appendix A).</summary>
    public bool IsOk => Type == FrameType.Headers && Payload is [0x88, ..];

    public static Frame Read(ReadOnlySpan<byte> header, byte[] payload) =>
        new((FrameType)header[3], (FrameFlags)header[4], BinaryPrimitives.ReadInt32BigEndian(header[5..]) & int.MaxValue, payload);

    public static int PayloadBytes(ReadOnlySpan<byte> header) => (header[0] << 16) | (header[1] << 8) | header[2];

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[HeaderBytes + Payload.Length];
        (bytes[0], bytes[1], bytes[2]) = ((byte)(Payload.Length >> 16), (byte)(Payload.Length >> 8), (byte)Payload.Length);
        (bytes[3], bytes[4]) = ((byte)Type, (byte)Flags);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(5), Stream);
        Payload.CopyTo(bytes, HeaderBytes);
        return bytes;
    }
}
