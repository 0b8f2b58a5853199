namespace Weir.Sockets;

/// <summary>A number of bytes in a C int; text may end in k, M or G, which count in 1024s.</summary>
internal sealed class ByteCountCodec(int min, int max) : IntCodec(min, max)
{
    internal override string Syntax => $"bytes from {Min} to {Max}, such as {ByteCount.Examples}";

    internal override bool TryParse(ReadOnlySpan<char> text, out int value)
    {
        bool isInRange = ByteCount.TryParse(text, out long bytes) && bytes >= Min && bytes <= Max;
        value = isInRange ? (int)bytes : 0;
        return isInRange;
    }

    internal override string Format(int value) => ByteCount.Format(value);
}
