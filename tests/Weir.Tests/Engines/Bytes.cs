using System.Buffers;
using System.Text;

namespace Weir.Tests.Engines;

/// <summary>Bytes to send and to compare with.</summary>
internal static class Bytes
{
    public static byte[] Of(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    public static string Text(ReadOnlySequence<byte> bytes) => Encoding.UTF8.GetString(bytes);

    /// <summary>A sequence in which every position can be told from its neighbours, so that lost, doubled or swapped bytes show.</summary>
    public static byte[] Pattern(int count, int offset = 0)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
            bytes[i] = At(offset + i);
        return bytes;
    }

    public static byte At(int position) => (byte)((position * 2654435761u) >> 24);
}
