using System.Buffers;
using System.Text;

namespace Weir.Sockets;

internal sealed partial class SocketUrlParser
{
    private bool ReadUnixName()
    {
        if (IsAtEnd || text[_position] == '?') return FailNoName(_position, "there is no path", "/run/name.sock");
        if (text[_position] is not ('/' or '@')) return FailRelativePath();
        _parts.IsAbstract = text[_position] == '@';
        if (_parts.IsAbstract) _position++;
        int start = _position;
        var name = new ArrayBufferWriter<byte>(KernelAddress.MaxUnixNameBytes + 1);
        if (!Decode(stop: '?', name, KernelAddress.MaxUnixNameBytes, allowNul: _parts.IsAbstract)) return false;
        if (name.WrittenCount == 0) return FailNoName(start, "the abstract name is empty", "@name");
        _parts.UnixName = name.WrittenSpan.ToArray();
        return true;
    }

    private bool FailNoName(int position, string reason, string example) =>
        Fail(position, reason, $"expected one, such as {_parts.Scheme.Name()}://{example}");

    private bool FailRelativePath()
    {
        int end = IndexOfAnyOrEnd("?#", _position);
        string expected = $"write {_parts.Scheme.Name()}:/// and an absolute path";
        return Fail(_position, $"path {Quote(Slice(_position, end))} is relative", expected);
    }

    /// <summary>Reads characters and escapes up to a stop character or the end of the text, as bytes of UTF-8.</summary>
    private bool Decode(char stop, ArrayBufferWriter<byte> bytes, int maxBytes, bool allowNul)
    {
        while (!IsAtEnd && text[_position] != stop)
        {
            int length = text[_position] == '%' ? DecodeEscape(bytes, allowNul) : DecodeCharacter(bytes);
            if (length == 0) return false;
            if (bytes.WrittenCount > maxBytes) return FailTooLong(maxBytes);
            _position += length;
        }

        return true;
    }

    private int DecodeEscape(ArrayBufferWriter<byte> bytes, bool allowNul)
    {
        bool isEscape = PercentEncoding.TryDecode(text, _position, out byte value);
        if (!isEscape) Fail(_position, "'%' begins no escape", "expected two hexadecimal digits after it, or %25 for a percent sign");
        else if (value == 0 && !allowNul) isEscape = Fail(_position, "a NUL would end it", "expected any other byte");
        if (isEscape) bytes.Write([value]);
        return isEscape ? 3 : 0;
    }

    private int DecodeCharacter(ArrayBufferWriter<byte> bytes)
    {
        bool valid = Rune.DecodeFromUtf16(text.AsSpan(_position), out Rune rune, out int length) == OperationStatus.Done;
        if (text[_position] == '#') valid = FailFragment(_position);
        else if (!valid) Fail(_position, "half a surrogate pair is no character", "expected Unicode text, or escapes for bytes");
        else if (!PercentEncoding.IsVisible(rune)) valid = FailInvisible(rune);
        if (!valid) return 0;
        bytes.Advance(rune.EncodeToUtf8(bytes.GetSpan(4)));
        return length;
    }

    private bool FailInvisible(Rune rune)
    {
        var escape = new StringBuilder();
        Span<byte> bytes = stackalloc byte[4];
        foreach (byte value in bytes[..rune.EncodeToUtf8(bytes)]) escape.Append('%').Append(value.ToString("X2"));
        return Fail(_position, $"U+{rune.Value:X4} does not show as itself", $"write {escape}");
    }

    private bool FailTooLong(int maxBytes) =>
        Fail(_position, $"this is longer than {maxBytes} bytes", $"expected at most {maxBytes}; every byte of UTF-8 counts");

    private bool FailFragment(int position) => Fail(position, "'#' begins no fragment here", "write %23 for the character itself");
}
