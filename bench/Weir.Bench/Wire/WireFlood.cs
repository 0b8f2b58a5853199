using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using Weir.Linux;
using Weir.Sockets;
using Weir.Wire;
using static Weir.Linux.Uapi;

namespace Weir.Bench;

/// <summary>Datagrams at an even rate from one host, several to a call, while a thread of the other takes them.</summary>
internal static class WireFlood
{
    private const int Port = 9;
    private const int Batch = 32;

    // Ethernet 14, IPv4 20, UDP 8.
    private const int PayloadBytes = WireBenchOptions.FrameBytes - 42;
    private const int ReceiveBufferBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(200);

    public static async Task<WireFlow> RunAsync(int round, Host near, Host far, NetworkWire wire, int rate, double seconds)
    {
        using KernelSocket receiver = far.Socket(AF_INET, SOCK_DGRAM);
        receiver.Bind(KernelAddress.FromIPAddress(IPAddress.Parse("10.0.0.2"), Port));
        if (!Sys.SetSockOpt(receiver.Fd.Number, SOL_SOCKET, SO_RCVBUFFORCE, ReceiveBufferBytes).IsOk)
            Sys.SetSockOpt(receiver.Fd.Number, SOL_SOCKET, SO_RCVBUF, ReceiveBufferBytes);
        using KernelSocket sender = near.Socket(AF_INET, SOCK_DGRAM, blocking: true);
        sender.Connect(receiver.LocalAddress);
        WireCounters counters = wire.AToB.Counters;
        (long left, long missed, TimeSpan cpu) = (counters.Left, counters.Missed, wire.CpuTime);

        Task<long> receiving = Task.Factory.StartNew(() => Receive(receiver), TaskCreationOptions.LongRunning);
        (long sent, double took) = await Task.Factory.StartNew(() => Send(sender, rate, seconds), TaskCreationOptions.LongRunning);
        double used = (wire.CpuTime - cpu).TotalSeconds / took;
        long received = await receiving;
        return new WireFlow(round, sent / took, sent, counters.Missed - missed, counters.Left - left, received, used);
    }

    private static unsafe (long Sent, double Seconds) Send(KernelSocket socket, int rate, double seconds)
    {
        Sys.SetTimerSlack(1);
        byte* payload = stackalloc byte[PayloadBytes];
        new Span<byte>(payload, PayloadBytes).Clear();
        iovec piece = new() { iov_base = payload, iov_len = PayloadBytes };
        Span<mmsghdr> messages = stackalloc mmsghdr[Batch];
        foreach (ref mmsghdr message in messages)
            message = new mmsghdr { msg_hdr = new msghdr { msg_iov = (iovec*)Unsafe.AsPointer(ref piece), msg_iovlen = 1 } };

        long start = Stopwatch.GetTimestamp();
        long sent = 0;
        for (double now = 0; now < seconds; now = Stopwatch.GetElapsedTime(start).TotalSeconds)
        {
            double due = (double)sent / rate;
            if (due > now)
                _ = Sys.Poll([], TimeSpan.FromSeconds(due - now));
            SysResult result = socket.SendMessages(messages);
            if (!result.IsOk)
                throw new BenchException($"send: {result}", BenchException.Wrong);
            sent += result.Value;
        }

        return (sent, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    // Until nothing has come for a while.
    private static unsafe long Receive(KernelSocket socket)
    {
        byte* payload = stackalloc byte[PayloadBytes];
        iovec piece = new() { iov_base = payload, iov_len = PayloadBytes };
        Span<mmsghdr> messages = stackalloc mmsghdr[Batch];
        foreach (ref mmsghdr message in messages)
            message = new mmsghdr { msg_hdr = new msghdr { msg_iov = (iovec*)Unsafe.AsPointer(ref piece), msg_iovlen = 1 } };
        long received = 0;
        while (socket.WaitFor(POLLIN, s_quiet) || received == 0)
        {
            SysResult result = socket.ReceiveMessages(messages, MSG_DONTWAIT);
            received += Math.Max(0, result.IsOk ? result.Value : 0);
        }

        return received;
    }
}
