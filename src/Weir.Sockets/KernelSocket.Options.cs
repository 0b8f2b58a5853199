using Weir.Linux;

namespace Weir.Sockets;

public sealed partial class KernelSocket
{
    /// <summary>setsockopt(2) of an option of the table.</summary>
    /// <exception cref="SocketCallException">The kernel refuses the value, or does not know the option.</exception>
    public void Set<T>(SocketOption<T> option, T value)
        where T : notnull
    {
        SysResult result = TrySet(option, value);
        if (!result.IsOk)
            throw new SocketCallException($"setsockopt {option.KernelName}", result.Errno);
    }

    /// <summary>The same, with the errno instead of an exception.</summary>
    public SysResult TrySet<T>(SocketOption<T> option, T value)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(option);
        Span<byte> bytes = stackalloc byte[option.SizeBytes];
        return TrySet(option, bytes[..option.Encode(value, bytes)]);
    }

    /// <summary>Applies what a URL's query asks for.</summary>
    public void Set(SocketOptionSetting setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        SysResult result = TrySet(setting.Option, setting.Value);
        if (!result.IsOk)
            throw new SocketCallException($"setsockopt {setting.Option.KernelName}", result.Errno);
    }

    /// <summary>getsockopt(2) of an option of the table.</summary>
    /// <exception cref="SocketCallException">The kernel does not know the option, or not for this kind of socket.</exception>
    public T Get<T>(SocketOption<T> option)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(option);
        RequireKernelOption(option);
        Span<byte> bytes = stackalloc byte[option.SizeBytes];
        using FdHold fd = new(Fd);
        SysResult result = Sys.GetSockOpt(fd.Number, (int)option.Level, option.Number, bytes, out int length);
        if (!result.IsOk)
            throw new SocketCallException($"getsockopt {option.KernelName}", result.Errno);
        return option.Decode(bytes[..length]);
    }

    private SysResult TrySet(SocketOption option, ReadOnlySpan<byte> value)
    {
        RequireKernelOption(option);
        using FdHold fd = new(Fd);
        return Sys.SetSockOpt(fd.Number, (int)option.Level, option.Number, value);
    }

    private static void RequireKernelOption(SocketOption option)
    {
        if (option.IsListenerParameter)
            throw new ArgumentException($"{option.Name} is a parameter of listening, not an option of a socket.", nameof(option));
    }
}
