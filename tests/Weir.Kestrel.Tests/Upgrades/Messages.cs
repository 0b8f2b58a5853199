using System.Net.WebSockets;
using Weir.Testing;

namespace Weir.Kestrel.Tests.Upgrades;

/// <summary>Whole messages over a WebSocket.</summary>
internal static class Messages
{
    /// <summary>Sends a message in frames of this size.</summary>
    public static async Task SendInFramesAsync(this WebSocket socket, ReadOnlyMemory<byte> message, WebSocketMessageType type, int frameBytes)
    {
        while (message.Length > frameBytes)
        {
            await socket.SendAsync(message[..frameBytes], type, endOfMessage: false, CancellationToken.None).AsTask().InTime();
            message = message[frameBytes..];
        }

        await socket.SendAsync(message, type, endOfMessage: true, CancellationToken.None).AsTask().InTime();
    }

    /// <summary>Receives to a message's end. Null: the peer closes.</summary>
    public static async Task<byte[]?> ReceiveWholeAsync(this WebSocket socket)
    {
        using var message = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        while (true)
        {
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).AsTask().InTime();
            if (received.MessageType is WebSocketMessageType.Close)
                return null;
            message.Write(buffer, 0, received.Count);
            if (received.EndOfMessage)
                return message.ToArray();
        }
    }

    /// <summary>Sends each frame back as it came, until the peer closes, and closes in answer.</summary>
    public static async Task EchoAsync(this WebSocket socket)
    {
        byte[] buffer = new byte[16 * 1024];
        while (true)
        {
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (received.MessageType is WebSocketMessageType.Close)
                break;
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, CancellationToken.None);
        }

        await socket.CloseOutputAsync(socket.CloseStatus ?? WebSocketCloseStatus.Empty, socket.CloseStatusDescription, CancellationToken.None);
    }
}
