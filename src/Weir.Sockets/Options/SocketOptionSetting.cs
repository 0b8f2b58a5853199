namespace Weir.Sockets;

/// <summary>An option with a value for it, as <c>?rcvbuf=64k</c> gives one.</summary>
public sealed class SocketOptionSetting : IEquatable<SocketOptionSetting>
{
    private readonly byte[] _value;

    internal SocketOptionSetting(SocketOption option, ReadOnlySpan<byte> value)
    {
        Option = option;
        _value = value.ToArray();
    }

    public SocketOption Option { get; }

    /// <summary>What setsockopt(2) takes.</summary>
    public ReadOnlySpan<byte> Value => _value;

    /// <summary>The value in canonical text: <c>on</c> also where the query said <c>1</c>.</summary>
    public string ValueText => Option.Format(_value);

    /// <summary>Reads a value from text, as it stands in a query.</summary>
    /// <returns>Null when the text is not what the option's <see cref="SocketOption.Syntax"/> says.</returns>
    public static SocketOptionSetting? TryCreate(SocketOption option, ReadOnlySpan<char> text)
    {
        ArgumentNullException.ThrowIfNull(option);
        Span<byte> value = stackalloc byte[option.SizeBytes];
        return option.TryParse(text, value, out int length) ? new SocketOptionSetting(option, value[..length]) : null;
    }

    public static SocketOptionSetting Create<T>(SocketOption<T> option, T value)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(option);
        Span<byte> bytes = stackalloc byte[option.SizeBytes];
        return new SocketOptionSetting(option, bytes[..option.Encode(value, bytes)]);
    }

    public bool Equals(SocketOptionSetting? other) =>
        other is not null && ReferenceEquals(Option, other.Option) && Value.SequenceEqual(other.Value);

    public override bool Equals(object? obj) => Equals(obj as SocketOptionSetting);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Option);
        hash.AddBytes(_value);
        return hash.ToHashCode();
    }

    /// <summary><c>rcvbuf=64k</c></summary>
    public override string ToString() => $"{Option.Name}={ValueText}";
}
