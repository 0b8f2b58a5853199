using Weir.Packets.Dissection;

namespace Weir.Packets.Summaries;

/// <summary>The first line of an HTTP/1 request or answer, where a segment begins with one.</summary>
internal static class HttpLine
{
    /// <summary>Longer lines are cut.</summary>
    public const int MaxBytes = 160;

    private static readonly byte[][] s_beginnings =
    [
        [.. "GET "u8], [.. "POST "u8], [.. "HTTP/1."u8], [.. "PUT "u8], [.. "HEAD "u8], [.. "DELETE "u8], [.. "PATCH "u8], [.. "OPTIONS "u8],
        [.. "CONNECT "u8], [.. "TRACE "u8], [.. "PRI * HTTP/2.0"u8],
    ];

    /// <summary>Null for other bytes.</summary>
    public static string? Read(ReadOnlySpan<byte> payload)
    {
        foreach (byte[] beginning in s_beginnings)
        {
            if (!payload.StartsWith(beginning))
                continue;
            int end = payload[..Math.Min(payload.Length, MaxBytes + 1)].IndexOfAny((byte)'\r', (byte)'\n');
            return PrintableText.From(end < 0 ? payload : payload[..end], MaxBytes);
        }

        return null;
    }
}
