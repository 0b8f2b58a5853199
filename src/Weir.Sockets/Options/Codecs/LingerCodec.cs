using System.Globalization;
using System.Runtime.InteropServices;
using Weir.Linux;

namespace Weir.Sockets;

/// <summary>struct linger; in text <c>off</c> or a number of seconds.</summary>
internal sealed class LingerCodec : OptionCodec<LingerTime>
{
    internal static readonly LingerCodec Instance = new();

    internal override int SizeBytes => Marshal.SizeOf<linger>();

    internal override string Syntax => "off or seconds from 0 to 2147483647";

    internal override int Encode(LingerTime value, Span<byte> destination)
    {
        MemoryMarshal.Write(destination, new linger { l_onoff = value.IsOn ? 1 : 0, l_linger = value.Seconds });
        return SizeBytes;
    }

    internal override LingerTime Decode(ReadOnlySpan<byte> bytes)
    {
        linger value = MemoryMarshal.Read<linger>(bytes);
        return value.l_onoff == 0 ? LingerTime.Off : LingerTime.Of(value.l_linger);
    }

    internal override bool TryParse(ReadOnlySpan<char> text, out LingerTime value)
    {
        value = LingerTime.Off;
        if (text is "off") return true;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)) return false;
        value = LingerTime.Of(seconds);
        return true;
    }

    internal override string Format(LingerTime value) =>
        value.IsOn ? value.Seconds.ToString(CultureInfo.InvariantCulture) : "off";
}
