namespace Weir.Sockets;

/// <summary>
/// An option whose value is a <typeparamref name="T"/>; turns values into the kernel's bytes and back without allocating.
/// </summary>
public sealed class SocketOption<T> : SocketOption
    where T : notnull
{
    private readonly OptionCodec<T> _codec;

    internal SocketOption(OptionCodec<T> codec) => _codec = codec;

    public override Type ValueType => typeof(T);

    public override string Syntax => _codec.Syntax;

    public override int SizeBytes => _codec.SizeBytes;

    /// <summary>Writes what setsockopt(2) takes.</summary>
    /// <param name="value">The value; its range is the kernel's to check.</param>
    /// <param name="destination">At least <see cref="SizeBytes"/> long.</param>
    /// <returns>How many bytes were written.</returns>
    public int Encode(T value, Span<byte> destination) => _codec.Encode(value, destination);

    /// <summary>Reads what getsockopt(2) gave.</summary>
    /// <exception cref="ArgumentException">There are fewer bytes than the option has.</exception>
    public T Decode(ReadOnlySpan<byte> value) => _codec.Decode(value);

    /// <summary>Reads a value as it stands in a query; false when it is not what <see cref="Syntax"/> says.</summary>
    public bool TryParse(ReadOnlySpan<char> text, out T value) => _codec.TryParse(text, out value);

    public override bool TryParse(ReadOnlySpan<char> text, Span<byte> destination, out int writtenBytes)
    {
        bool parsed = _codec.TryParse(text, out T value);
        writtenBytes = parsed ? _codec.Encode(value, destination) : 0;
        return parsed;
    }

    /// <summary>The value as it stands in a query: <c>on</c>, <c>64k</c>.</summary>
    public string Format(T value) => _codec.Format(value);

    public override string Format(ReadOnlySpan<byte> value) => _codec.Format(_codec.Decode(value));
}
