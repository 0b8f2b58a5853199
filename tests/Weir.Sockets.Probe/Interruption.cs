using System.Diagnostics;
using System.Runtime.InteropServices;
using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Sockets.Probe;

/// <summary>
/// The main thread waits, and gets signals: what kill(1) sends to a process is the main thread's first, and a handler interrupts ppoll(2).
/// When that was seen, the other end of the socket sends. Prints what the wait answered.
/// </summary>
internal static class Interruption
{
    public static int WaitThroughSignals()
    {
        var interruptions = new InterruptionCounter();
        SysObserver.Install(interruptions);
        (KernelSocket waiting, KernelSocket other) = KernelSocket.CreatePair(SOCK_STREAM);
        using (PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => { }))
        using (waiting)
        using (other)
        {
            foreach (TimeSpan timeout in (TimeSpan[])[TimeSpan.FromSeconds(60), Timeout.InfiniteTimeSpan])
            {
                var sender = new Thread(() => SendAfterInterruption(interruptions, other));
                sender.Start();
                bool isReady = waiting.WaitFor(POLLIN, timeout);
                sender.Join();
                waiting.Receive(new byte[1]);
                Console.WriteLine($"ready {isReady}, interrupted {interruptions.Count > 0}");
            }
        }

        return 0;
    }

    private static void SendAfterInterruption(InterruptionCounter interruptions, KernelSocket other)
    {
        int before = interruptions.Count;
        while (interruptions.Count == before)
        {
            using Process child = Process.Start("sh", ["-c", "kill -CONT $PPID"]);
            child.WaitForExit();
        }

        other.Send("x"u8);
    }

    private sealed class InterruptionCounter : SysObserver
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public override void Entering(in SysCallArguments call)
        {
        }

        public override void Completed(in SysCallArguments call, SysResult result)
        {
            if (result.Errno is Errno.EINTR && call.Number == NR.ppoll)
                Interlocked.Increment(ref _count);
        }
    }
}
