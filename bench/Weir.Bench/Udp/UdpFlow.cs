using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Weir.Bench;

/// <summary>What a receiver says.</summary>
internal sealed record UdpReceived(
    long ReceivedDatagrams,
    double WindowSeconds,
    double CpuSeconds,
    long LostDatagrams,
    long KernelDrops,
    long SequenceErrors,
    int? ReceiveBufferBytes);

/// <summary>What a sender says, of all its time.</summary>
internal sealed record UdpSent(long SentDatagrams, double Seconds, double CpuSeconds);

/// <summary>One flow: a receiver, and when it is ready a sender. Both end by themselves.</summary>
internal static class UdpFlow
{
    private const string Ready = "ready";

    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(20);

    public static Task<(UdpReceived Received, UdpSent Sent)> TimeAsync(
        UdpLane lane, UdpOptions options, Pinning pinning, CancellationToken cancel)
    {
        string[] measuring = ["--warmup", Invariant(options.WarmupSeconds), "--seconds", Invariant(options.Seconds)];
        TimeSpan limit = TimeSpan.FromSeconds(options.WarmupSeconds + options.Seconds) + s_grace;
        return RunAsync(lane, [.. Common(options), .. measuring], pinning, limit, cancel);
    }

    /// <summary>Slowly; the receiver compares every byte and misses none.</summary>
    public static Task CheckAsync(UdpLane lane, UdpOptions options, long count, Pinning pinning, CancellationToken cancel) =>
        RunAsync(lane, [.. Common(options), "--count", $"{count}"], pinning, s_grace, cancel);

    private static string[] Common(UdpOptions options) =>
        ["--size", $"{options.SizeBytes}", "--receive-buffer", $"{options.ReceiveBufferBytes}"];

    private static string Invariant(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static async Task<(UdpReceived Received, UdpSent Sent)> RunAsync(
        UdpLane lane, string[] words, Pinning pinning, TimeSpan limit, CancellationToken cancel)
    {
        string url = $"udp://127.0.0.1:{FreePort.Udp()}";
        string[] receive = pinning.Load(lane.Peer.CommandFor("receive", url, lane.Offload, words));
        string[] send = pinning.Server(lane.Peer.CommandFor("send", url, lane.Offload, words));
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(limit);
        using Process receiver = Shell.Start(receive, environment: null)
            ?? throw new BenchException($"{lane.Peer.Name}: {receive[0]} can't be started");
        try
        {
            Task<string> error = receiver.StandardError.ReadToEndAsync(deadline.Token);
            if (await receiver.StandardOutput.ReadLineAsync(deadline.Token) != Ready)
                throw Wrong(lane, $"the receiver did not begin. {await error}");
            ShellResult sender = await Shell.RunAsync(send, limit, deadline.Token)
                ?? throw new BenchException($"{lane.Peer.Name}: {send[0]} can't be started");
            string output = await receiver.StandardOutput.ReadToEndAsync(deadline.Token);
            await receiver.WaitForExitAsync(deadline.Token);
            if (sender.ExitCode != 0 || receiver.ExitCode != 0)
                throw Wrong(lane, $"{await error} {sender.Error}");
            return (Read<UdpReceived>(output), Read<UdpSent>(sender.Output));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw Wrong(lane, $"no end after {limit.TotalSeconds:0} s; too few datagrams have come");
        }
        finally
        {
            if (!receiver.HasExited)
                receiver.Kill();
        }
    }

    private static T Read<T>(string output) => JsonSerializer.Deserialize<T>(output, BenchJson.Options)!;

    private static BenchException Wrong(UdpLane lane, string what) =>
        new($"{lane.Peer.Name}{(lane.Offload ? " with offload" : "")}: {what.Trim()}", BenchException.Wrong);
}
