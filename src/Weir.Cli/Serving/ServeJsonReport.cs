using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Cli.Output;
using Weir.Linux;
using Weir.Sockets;

namespace Weir.Cli.Serving;

/// <summary>One JSON object per line, each with its <c>event</c>: tookOver, listening, handedOver, status, notice, draining, stopped.</summary>
internal sealed class ServeJsonReport : ServeReport
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<Errno> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Task<Errno> OutputLost => _lost.Task;

    public override void OnListening(Server server, LoopGroup loops, ServeHandler handler)
    {
        foreach (Listener listener in server.Listeners)
        {
            foreach (KernelAddress address in listener.LocalAddresses)
                Write(new ListeningLine("listening", address.Describe(listener.Scheme), listener.Url.ToString(), loops.EngineName));
        }
    }

    public override void OnTookOver(HandoverPeer from) => Write(new TookOverLine("tookOver", from.ProcessId, from.Listeners));

    public override void OnHandedOver(HandoverPeer to, int connections) =>
        Write(new HandedOverLine("handedOver", to.ProcessId, to.Listeners, connections));

    public override void OnEvent(ServerEvent happening) => Write(new NoticeLine("notice", happening.Kind.ToString(), happening.Message));

    public override void OnDraining(int connections, TimeSpan limit) => Write(new DrainingLine("draining", connections, limit.TotalSeconds));

    public override void OnStopped(ServerStatistics statistics, bool aborted) =>
        Write(new StoppedLine(
            "stopped",
            statistics.Accepted,
            statistics.ReceivedBytes,
            statistics.SentBytes,
            statistics.DroppedDatagrams,
            statistics.CutMessages,
            aborted));

    protected override bool ShowsStatus => true;

    protected override void OnStatus(ServeStatus status) => Write(new StatusLine(
        "status",
        status.Totals.Connections,
        status.Totals.Accepted,
        Math.Round(status.AcceptedPerSecond, 1),
        Math.Round(status.ReceivedBytesPerSecond),
        Math.Round(status.SentBytesPerSecond),
        status.Totals.BufferedBytes,
        status.Totals.DroppedDatagrams,
        status.Totals.CutMessages));

    private void Write<T>(T line)
    {
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(line, typeof(T), ServeJson.Default), (byte)'\n'];
        lock (_lock)
        {
            if (!_lost.Task.IsCompleted && StandardOutput.Write(bytes) is var failed and not Errno.None)
                _lost.SetResult(failed);
        }
    }
}

internal sealed record ListeningLine(string Event, string Address, string Url, string Engine);

internal sealed record NoticeLine(string Event, string Kind, string Message);

internal sealed record DrainingLine(string Event, int Connections, double LimitSeconds);

internal sealed record StoppedLine(
    string Event,
    long Accepted,
    long ReceivedBytes,
    long SentBytes,
    long DroppedDatagrams,
    long CutMessages,
    bool Aborted);

internal sealed record StatusLine(
    string Event,
    int Connections,
    long Accepted,
    double AcceptedPerSecond,
    double ReceivedBytesPerSecond,
    double SentBytesPerSecond,
    long BufferedBytes,
    long DroppedDatagrams,
    long CutMessages);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ListeningLine))]
[JsonSerializable(typeof(TookOverLine))]
[JsonSerializable(typeof(HandedOverLine))]
[JsonSerializable(typeof(NoticeLine))]
[JsonSerializable(typeof(DrainingLine))]
[JsonSerializable(typeof(StoppedLine))]
[JsonSerializable(typeof(StatusLine))]
internal sealed partial class ServeJson : JsonSerializerContext;
