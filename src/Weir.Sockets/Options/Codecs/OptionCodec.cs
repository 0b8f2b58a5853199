namespace Weir.Sockets;

/// <summary>The three forms of an option's value: a .NET value, the kernel's bytes, and text.</summary>
internal abstract class OptionCodec<T>
{
    internal abstract int SizeBytes { get; }

    internal abstract string Syntax { get; }

    internal abstract int Encode(T value, Span<byte> destination);

    internal abstract T Decode(ReadOnlySpan<byte> bytes);

    internal abstract bool TryParse(ReadOnlySpan<char> text, out T value);

    internal abstract string Format(T value);
}
