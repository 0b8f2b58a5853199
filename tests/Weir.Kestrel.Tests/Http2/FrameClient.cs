using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;

namespace Weir.Kestrel.Tests.Http2;

/// <summary>A client that sends and sees the frames of HTTP/2, and does nothing by itself but acknowledge settings.</summary>
internal sealed class FrameClient : IDisposable
{
    /// <summary>What a window holds when nobody has said anything else.</summary>
    public const int DefaultWindowBytes = 65_535;

    private const string Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private readonly Stream _stream;

    private FrameClient(RawClient raw)
    {
        Raw = raw;
        _stream = new NetworkStream(raw.Socket);
    }

    /// <summary>What is below.</summary>
    public RawClient Raw { get; }

    /// <summary>Connects with prior knowledge and says its settings.</summary>
    public static async Task<FrameClient> ConnectAsync(WebRig rig, params (Setting Name, int Value)[] settings)
    {
        var client = new FrameClient(await rig.ConnectAsync());
        await client._stream.WriteAsync(Encoding.ASCII.GetBytes(Preface)).AsTask().InTime();
        byte[] payload = new byte[settings.Length * 6];
        for (int i = 0; i < settings.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(i * 6), (ushort)settings[i].Name);
            BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan((i * 6) + 2), settings[i].Value);
        }

        await client.SendAsync(FrameType.Settings, FrameFlags.None, stream: 0, payload);
        return client;
    }

    public Task SendAsync(FrameType type, FrameFlags flags, int stream, params byte[] payload) =>
        _stream.WriteAsync(new Frame(type, flags, stream, payload).ToBytes()).AsTask().InTime();

    /// <summary>A request without a body.</summary>
    public Task GetAsync(int stream, string path, params (string Name, string Value)[] headers) => SendAsync(
        FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, stream, Headers([(":method", "GET"), .. Request(path), .. headers]));

    /// <summary>The beginning of a request whose body follows.</summary>
    public Task PostAsync(int stream, string path, params (string Name, string Value)[] headers) =>
        SendAsync(FrameType.Headers, FrameFlags.EndHeaders, stream, Headers([(":method", "POST"), .. Request(path), .. headers]));

    /// <summary>A piece of a request's body.</summary>
    public Task SendDataAsync(int stream, byte[] piece, bool isLast = false) =>
        SendAsync(FrameType.Data, isLast ? FrameFlags.EndStream : FrameFlags.None, stream, piece);

    /// <summary>Lets the server send more.</summary>
    /// <param name="stream">The stream, or 0 for all of them together.</param>
    /// <param name="bytes">1 or more.</param>
    public Task GrantAsync(int stream, int bytes)
    {
        byte[] payload = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, bytes);
        return SendAsync(FrameType.WindowUpdate, FrameFlags.None, stream, payload);
    }

    public Task ResetAsync(int stream, ErrorCode error)
    {
        byte[] payload = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, (int)error);
        return SendAsync(FrameType.ResetStream, FrameFlags.None, stream, payload);
    }

    /// <summary>The next frame; null at the end of the connection.</summary>
    public async Task<Frame?> TryReadAsync()
    {
        byte[] header = new byte[Frame.HeaderBytes];
        int count = await _stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false).AsTask().InTime();
        if (count == 0)
            return null;
        byte[] payload = new byte[Frame.PayloadBytes(header)];
        await _stream.ReadExactlyAsync(payload).AsTask().InTime();
        Frame frame = Frame.Read(header, payload);
        if (frame is { Type: FrameType.Settings, IsAck: false })
            await SendAsync(FrameType.Settings, Frame.Ack, stream: 0);
        return frame;
    }

    /// <summary>Reads until a frame is the one that is meant, and gives it.</summary>
    /// <param name="isMeant">Says of each frame whether it is.</param>
    /// <param name="seen">Gets every other frame that came before.</param>
    public async Task<Frame> ReadUntilAsync(Func<Frame, bool> isMeant, Action<Frame>? seen = null)
    {
        while (await TryReadAsync() is { } frame)
        {
            if (isMeant(frame))
                return frame;
            seen?.Invoke(frame);
        }

        throw new EndOfStreamException("the server finished before the frame that was waited for");
    }

    /// <summary>The body of an answer, when the whole of it has come.</summary>
    public async Task<string> ReadBodyAsync(int stream)
    {
        var body = new StringBuilder();
        void Add(Frame frame)
        {
            if (frame.Type == FrameType.Data && frame.Stream == stream)
                body.Append(Encoding.Latin1.GetString(frame.Payload));
        }

        Add(await ReadUntilAsync(frame => frame.Stream == stream && frame.EndsStream, Add));
        return body.ToString();
    }

    /// <summary>Each field as a literal that no table remembers (RFC 7541, section 6.2.2).</summary>
    public static byte[] Headers(params (string Name, string Value)[] fields)
    {
        var block = new List<byte>();
        foreach ((string name, string value) in fields)
        {
            block.Add(0);
            AddText(block, name);
            AddText(block, value);
        }

        return [.. block];
    }

    public void Dispose()
    {
        _stream.Dispose();
        Raw.Dispose();
    }

    private static (string Name, string Value)[] Request(string path) => [(":scheme", "http"), (":path", path), (":authority", "x")];

    private static void AddText(List<byte> block, string text)
    {
        // An integer with a prefix of seven bits (RFC 7541, section 5.1).
        const int Prefix = 127;
        if (text.Length < Prefix)
        {
            block.Add((byte)text.Length);
        }
        else
        {
            block.Add(Prefix);
            int rest = text.Length - Prefix;
            for (; rest >= 128; rest >>= 7)
                block.Add((byte)(rest | 128));
            block.Add((byte)rest);
        }

        block.AddRange(Encoding.ASCII.GetBytes(text));
    }
}
