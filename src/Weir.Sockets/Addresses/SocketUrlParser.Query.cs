using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Weir.Sockets;

internal sealed partial class SocketUrlParser
{
    private const int MaxValueBytes = 4096;

    private bool ReadQuery()
    {
        if (!IsAtEnd && text[_position] != '?') return FailFragment(_position);
        while (!IsAtEnd)
        {
            _position++;
            if (!ReadOption()) return false;
        }

        return true;
    }

    private bool ReadOption()
    {
        int start = _position;
        int end = IndexOfAnyOrEnd("&#", start);
        int equals = text.IndexOf('=', start, end - start);
        int nameEnd = equals < 0 ? end : equals;
        ReadOnlySpan<char> name = Slice(start, nameEnd);
        if (name.IsEmpty) return Fail(start, "the option has no name", "expected one such as reuseport=on");
        SocketOption? option = SocketOptions.Find(name);
        if (option is null) return FailUnknownOption(name, start);
        if (!CheckOption(option, start)) return false;
        if (equals < 0) return Fail(end, $"{option.Name} has no value", $"expected '=' and {option.Syntax}");
        _position = equals + 1;
        return ReadValue(option);
    }

    private bool CheckOption(SocketOption option, int start)
    {
        if (!option.IsWritable) return Fail(start, $"{option.Name} is read only", "expected an option that can be set");
        if (!option.AppliesTo.Includes(_parts.Scheme))
            return Fail(start, $"{option.Name} does not apply to {_parts.Scheme.Name()}", $"it is for {option.AppliesTo.Describe()}");
        bool isThere = _parts.Settings.Exists(setting => ReferenceEquals(setting.Option, option));
        return !isThere || Fail(start, $"{option.Name} is there twice", "expected each option once");
    }

    private bool ReadValue(SocketOption option)
    {
        int start = _position;
        var bytes = new ArrayBufferWriter<byte>();
        if (!Decode(stop: '&', bytes, MaxValueBytes, allowNul: false)) return false;
        if (!Utf8.IsValid(bytes.WrittenSpan)) return Fail(start, $"the value of {option.Name} is not UTF-8", $"expected {option.Syntax}");
        string value = Encoding.UTF8.GetString(bytes.WrittenSpan);
        var setting = SocketOptionSetting.TryCreate(option, value);
        if (setting is null) return Fail(start, $"{Quote(value)} is no value of {option.Name}", $"expected {option.Syntax}");
        _parts.Settings.Add(setting);
        return true;
    }

    private bool FailUnknownOption(ReadOnlySpan<char> name, int start)
    {
        string[] candidates = [.. SocketOptions.All
            .Where(option => option.IsWritable && option.AppliesTo.Includes(_parts.Scheme))
            .Select(option => option.Name)];
        string? nearest = Spelling.Nearest(name, candidates);
        string expected = nearest is null ? $"expected one of {string.Join(", ", candidates)}" : $"did you mean {nearest}?";
        return Fail(start, $"unknown option {Quote(name)}", expected);
    }
}
