using System.Diagnostics;
using System.Net;
using Weir.Linux;
using Weir.Sockets;
using Weir.Wire;
using static Weir.Linux.Uapi;

namespace Weir.Bench;

/// <summary>A datagram goes there and back, with a thread that waits in the kernel at either end.</summary>
internal static class WirePingPong
{
    private const int Port = 7;
    private const int PayloadBytes = 22;
    private const int Unmeasured = 500;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    public static async Task<(double MedianUs, double P99Us)> RunAsync(Host near, string here, Host far, string there, int count)
    {
        using KernelSocket client = Bound(near, here);
        using KernelSocket server = Bound(far, there);
        client.Connect(server.LocalAddress);
        server.Connect(client.LocalAddress);
        Task echo = Task.Factory.StartNew(() => Echo(server, count + Unmeasured), TaskCreationOptions.LongRunning);
        double[] times = await Task.Factory.StartNew(() => Ask(client, count + Unmeasured), TaskCreationOptions.LongRunning);
        await echo;
        double[] sorted = [.. times.Skip(Unmeasured).Order()];
        return (Statistics.Median(sorted), sorted[sorted.Length * 99 / 100]);
    }

    private static double[] Ask(KernelSocket socket, int count)
    {
        var times = new double[count];
        Span<byte> bytes = stackalloc byte[PayloadBytes];
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            BitConverter.TryWriteBytes(bytes, i);
            Check(socket.Send(bytes), "send");
            Receive(socket, bytes);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            if (BitConverter.ToInt32(bytes) != i)
                throw new BenchException($"another datagram than {i} has come back", BenchException.Wrong);
        }

        return times;
    }

    private static void Echo(KernelSocket socket, int count)
    {
        Span<byte> bytes = stackalloc byte[PayloadBytes];
        for (int i = 0; i < count; i++)
        {
            Receive(socket, bytes);
            Check(socket.Send(bytes), "send");
        }
    }

    private static void Receive(KernelSocket socket, Span<byte> bytes)
    {
        SysResult received;
        while ((received = socket.Receive(bytes)).Errno is Errno.EAGAIN)
        {
            if (!socket.WaitFor(POLLIN, s_limit))
                throw new BenchException("a datagram is lost", BenchException.Wrong);
        }

        Check(received, "receive");
    }

    private static void Check(SysResult result, string what)
    {
        if (!result.IsOk || result.Value != PayloadBytes)
            throw new BenchException($"{what}: {result}", BenchException.Wrong);
    }

    private static KernelSocket Bound(Host host, string address)
    {
        KernelSocket socket = host.Socket(AF_INET, SOCK_DGRAM);
        socket.Bind(KernelAddress.FromIPAddress(IPAddress.Parse(address), Port));
        return socket;
    }
}
