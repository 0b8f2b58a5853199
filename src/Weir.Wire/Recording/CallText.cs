using System.Runtime.InteropServices;
using System.Text;
using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Wire;

/// <summary>Calls as people read them: names as in the manual, addresses, options and flags by name, data by its length.</summary>
internal static unsafe class CallText
{
    private const int MaxShownBytes = 16;

    private static readonly Dictionary<int, Func<SysCallArguments, string>> s_formats = new()
    {
        [NR.socket] = call => $"{Family((int)call.A0)}, {Type((int)call.A1)}",
        [NR.bind] = call => $"{Fd(call)}, {Address(call.A1, (int)call.A2)}",
        [NR.connect] = call => $"{Fd(call)}, {Address(call.A1, (int)call.A2)}",
        [NR.listen] = call => $"{Fd(call)}, {call.A1}",
        [NR.accept4] = call => Fd(call),
        [NR.sendto] = call => $"{Fd(call)}, {Data(call.A1, (int)call.A2)}{Flags((int)call.A3)}{To(call)}",
        [NR.recvfrom] = call => $"{Fd(call)}, {call.A2}{Flags((int)call.A3)}",
        [NR.sendmsg] = Fd,
        [NR.recvmsg] = Fd,
        [NR.sendmmsg] = call => $"{Fd(call)}, {call.A2} messages{Flags((int)call.A3)}",
        [NR.recvmmsg] = call => $"{Fd(call)}, {call.A2} messages{Flags((int)call.A3)}",
        [NR.splice] = call => $"{Fd(call)}, fd {call.A2}, {call.A4}",
        [NR.read] = call => $"{Fd(call)}, {call.A2}",
        [NR.write] = call => $"{Fd(call)}, {Data(call.A1, (int)call.A2)}",
        [NR.shutdown] = call => $"{Fd(call)}, {((int)call.A1 switch { SHUT_RD => "SHUT_RD", SHUT_WR => "SHUT_WR", _ => "SHUT_RDWR" })}",
        [NR.close] = Fd,
        [NR.setsockopt] = call => $"{Fd(call)}, {Option(call)}, {Value(call.A3, (int)call.A4)}",
        [NR.getsockopt] = call => $"{Fd(call)}, {Option(call)}",
        [NR.getsockname] = Fd,
        [NR.getpeername] = Fd,
        [NR.fcntl] = call => $"{Fd(call)}, {((int)call.A1 switch { F_GETFL => "F_GETFL", F_SETFL => "F_SETFL", F_SETFD => "F_SETFD", F_DUPFD_CLOEXEC => "F_DUPFD_CLOEXEC", var other => $"{other}" })}",
        [NR.ioctl] = call => $"{Fd(call)}, {((uint)call.A1 switch { SIOCINQ => "SIOCINQ", SIOCOUTQ => "SIOCOUTQ", SIOCOUTQNSD => "SIOCOUTQNSD", var other => $"0x{other:x}" })}",
        [NR.ppoll] = call => string.Join(", ", CallSockets.Among(call).Select(fd => $"fd {fd}")),
        [NR.pselect6] = call => string.Join(", ", CallSockets.Among(call).Select(fd => $"fd {fd}")),
        [NR.epoll_ctl] = call => $"{Fd(call)}, {((int)call.A1 switch { EPOLL_CTL_ADD => "EPOLL_CTL_ADD", EPOLL_CTL_DEL => "EPOLL_CTL_DEL", _ => "EPOLL_CTL_MOD" })}, fd {call.A2}",
        [NR.epoll_pwait] = call => $"{Fd(call)}, {call.A2}",
    };

    // What a program calls by another name than the kernel has for it.
    private static readonly Dictionary<int, string> s_names = new()
    {
        [NR.accept4] = "accept",
        [NR.ppoll] = "poll",
        [NR.pselect6] = "select",
        [NR.epoll_pwait] = "epoll_wait",
    };

    public static string NameOf(SysCallArguments call) => call switch
    {
        _ when call.Number == NR.sendto && call.A4 == 0 => "send",
        _ when call.Number == NR.recvfrom && call.A4 == 0 => "recv",
        _ => s_names.GetValueOrDefault(call.Number) ?? NR.NameOf(call.Number),
    };

    public static string Arguments(SysCallArguments call) => s_formats.TryGetValue(call.Number, out Func<SysCallArguments, string>? format) ? format(call) : "";

    /// <summary>What the kernel wrote into the arguments.</summary>
    public static string Answer(SysCallArguments call, SysResult result)
    {
        if (!result.IsOk)
            return "";
        if (call.Number == NR.getsockopt)
            return $" → {Value(call.A3, *(int*)call.A4)}";
        if (call.Number == NR.getsockname || call.Number == NR.getpeername)
            return $" → {Address(call.A1, *(int*)call.A2)}";
        return call.Number == NR.accept4 && call.A1 != 0 ? $" → {Address(call.A1, *(int*)call.A2)}" : "";
    }

    private static string Fd(SysCallArguments call) => $"fd {call.A0}";

    private static string Address(nint pointer, int length) =>
        pointer == 0 || length < sizeof(ushort) ? "NULL" : KernelAddress.FromBytes(new ReadOnlySpan<byte>((void*)pointer, Math.Min(length, KernelAddress.MaxBytes))).ToString();

    private static string To(SysCallArguments call) => call.A4 == 0 ? "" : $", {Address(call.A4, (int)call.A5)}";

    // Short texts are shown: they are what an experiment is about.
    private static string Data(nint pointer, int length)
    {
        var bytes = new ReadOnlySpan<byte>((void*)pointer, Math.Min(length, MaxShownBytes));
        bool isText = length is > 0 and <= MaxShownBytes && bytes.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0;
        return isText ? $"\"{Encoding.ASCII.GetString(bytes)}\"" : $"{length} B";
    }

    private static string Family(int family) => family == AF_INET6 ? "AF_INET6" : "AF_INET";

    private static string Type(int type) => (type & 0xF) == SOCK_STREAM ? "SOCK_STREAM" : "SOCK_DGRAM";

    private static string Flags(int flags)
    {
        (int Flag, string Name)[] known = [(MSG_OOB, "MSG_OOB"), (MSG_PEEK, "MSG_PEEK"), (MSG_DONTWAIT, "MSG_DONTWAIT"), (MSG_MORE, "MSG_MORE")];
        string[] names = [.. known.Where(each => (flags & each.Flag) != 0).Select(each => each.Name)];
        return names.Length == 0 ? "" : $", {string.Join('|', names)}";
    }

    private static string Option(SysCallArguments call) =>
        SocketOptions.All.FirstOrDefault(option => (int)option.Level == (int)call.A1 && option.Number == (int)call.A2)?.KernelName
            ?? ((int)call.A1, (int)call.A2) switch
            {
                (SOL_SOCKET, SO_ERROR) => "SO_ERROR",
                (IPPROTO_TCP, TCP_INFO) => "TCP_INFO",
                var (level, number) => $"level {level}, option {number}",
            };

    private static string Value(nint pointer, int length) => length switch
    {
        sizeof(int) => $"{Marshal.ReadInt32(pointer)}",
        2 * sizeof(int) => $"{{{Marshal.ReadInt32(pointer)}, {Marshal.ReadInt32(pointer + sizeof(int))}}}",
        _ => $"{length} B",
    };
}
