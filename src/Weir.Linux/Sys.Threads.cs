using static Weir.Linux.Uapi;

namespace Weir.Linux;

// Calls on threads: gettid(2), sched_yield(2), sched_setscheduler(2), clock_gettime(2).
public static unsafe partial class Sys
{
    // kernel/time/posix-cpu-timers.c: the inverted thread id, and in the lowest bits "of one thread" (4) and "time on a CPU" (2).
    private const int ThreadClockBits = 3;
    private const int ThreadCpuClock = 4 | 2;

    /// <summary>The calling thread's id, as /proc/self/task and other programs name it.</summary>
    public static SysResult GetThreadId() => Call(NR.gettid);

    /// <summary>Lets other threads that could run have this core first; returns at once when there are none.</summary>
    public static SysResult Yield() => Call(NR.sched_yield);

    /// <summary>SCHED_RR: the calling thread runs as soon as it can, before all ordinary ones. EPERM without CAP_SYS_NICE.</summary>
    /// <param name="priority">1, the least, to 99.</param>
    public static SysResult SetRoundRobin(int priority)
    {
        var parameters = new sched_param { sched_priority = priority };
        return Call(NR.sched_setscheduler, 0, SCHED_RR, (nint)(&parameters));
    }

    /// <summary>CPU time of a thread of this process, in nanoseconds of the kernel's scheduler; EINVAL when there is no such thread.</summary>
    public static SysResult GetThreadCpuTime(int threadId, out TimeSpan time)
    {
        timespec read = default;
        SysResult result = Call(NR.clock_gettime, (~threadId << ThreadClockBits) | ThreadCpuClock, (nint)(&read));
        time = TimeSpan.FromSeconds(read.tv_sec) + TimeSpan.FromTicks(read.tv_nsec / NanosecondsPerTick);
        return result;
    }
}
