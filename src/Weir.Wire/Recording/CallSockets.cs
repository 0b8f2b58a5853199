using System.Numerics;
using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Wire;

/// <summary>Which descriptors a call is about.</summary>
internal static unsafe class CallSockets
{
    private const int MaxFds = 8;

    private static readonly HashSet<int> s_first =
    [
        NR.bind, NR.connect, NR.listen, NR.accept4, NR.sendto, NR.recvfrom, NR.sendmsg, NR.recvmsg, NR.sendmmsg, NR.recvmmsg, NR.read, NR.write, NR.shutdown,
        NR.close, NR.setsockopt, NR.getsockopt, NR.getsockname, NR.getpeername, NR.fcntl, NR.ioctl, NR.epoll_pwait,
    ];

    /// <summary>Whether it is about its first argument alone.</summary>
    public static bool IsFirstArgument(int number) => s_first.Contains(number);

    /// <summary>Of a call that is about several, the first of them; none of any other.</summary>
    public static int[] Among(SysCallArguments call) => call switch
    {
        _ when call.Number == NR.ppoll => Polled(call),
        _ when call.Number == NR.pselect6 => Selected(call),
        _ when call.Number == NR.splice => [(int)call.A0, (int)call.A2],
        _ when call.Number == NR.epoll_ctl => [(int)call.A2, (int)call.A0],
        _ => [],
    };

    private static int[] Polled(SysCallArguments call)
    {
        var fds = new ReadOnlySpan<pollfd>((void*)call.A0, Math.Min((int)call.A1, MaxFds));
        int[] numbers = new int[fds.Length];
        for (int i = 0; i < fds.Length; i++)
            numbers[i] = fds[i].fd;
        return numbers;
    }

    private static int[] Selected(SysCallArguments call)
    {
        List<int> numbers = [];
        int words = ((int)call.A0 + NFDBITS - 1) / NFDBITS;
        for (int word = 0; word < words; word++)
        {
            ulong bits = Word(call.A1, word) | Word(call.A2, word) | Word(call.A3, word);
            for (; bits != 0 && numbers.Count < MaxFds; bits &= bits - 1)
                numbers.Add((word * NFDBITS) + BitOperations.TrailingZeroCount(bits));
        }

        return [.. numbers];
    }

    private static ulong Word(nint set, int index) => set == 0 ? 0 : ((ulong*)set)[index];
}
