using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Cli.Output;
using Weir.Linux;

namespace Weir.Cli.Listening;

/// <summary>One JSON object per line, each with its <c>event</c>: listening, status, notice, draining, stopped.</summary>
internal sealed class ListenJsonReport(bool useStandardError) : ListenReport
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<Errno> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Task<Errno> OutputLost => _lost.Task;

    public override void OnListening(Collector collector, ListenSettings settings)
    {
        foreach (Listener listener in collector.Listeners)
            Write(new ListenListeningLine("listening", listener.ToString(), listener.Url.ToString()));
    }

    public override void OnEvent(ServerEvent happening) => Write(new ListenNoticeLine("notice", happening.Kind.ToString(), happening.Message));

    public override void OnDraining(CollectorStatistics statistics, TimeSpan limit) => Write(
        new ListenDrainingLine("draining", statistics.Server.Connections, statistics.WaitingBytes, limit.TotalSeconds));

    public override void OnStopped(CollectorStatistics statistics, bool isComplete) => Write(new ListenStoppedLine(
        "stopped",
        statistics.Server.Accepted,
        statistics.Server.ReceivedBytes,
        statistics.WrittenRecords,
        statistics.WrittenBytes,
        statistics.WaitingBytes,
        statistics.DroppedDatagrams,
        statistics.LostRecords,
        !isComplete));

    protected override bool ShowsStatus => true;

    protected override void OnStatus(ListenStatus status) => Write(new ListenStatusLine(
        "status",
        status.Totals.Server.Connections,
        status.Totals.Server.Accepted,
        Math.Round(status.ReceivedBytesPerSecond),
        Math.Round(status.WrittenRecordsPerSecond),
        status.Totals.WrittenRecords,
        status.Totals.WrittenBytes,
        status.Totals.WaitingBytes,
        status.Totals.DroppedDatagrams,
        status.Totals.LostRecords));

    private void Write<T>(T line)
    {
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(line, typeof(T), ListenJson.Default), (byte)'\n'];
        lock (_lock)
        {
            if (_lost.Task.IsCompleted)
                return;
            Errno failed = useStandardError ? StandardOutput.WriteError(bytes) : StandardOutput.Write(bytes);
            if (failed is not Errno.None)
                _lost.SetResult(failed);
        }
    }
}

internal sealed record ListenListeningLine(string Event, string Address, string Url);

internal sealed record ListenNoticeLine(string Event, string Kind, string Message);

internal sealed record ListenDrainingLine(string Event, int Connections, long WaitingBytes, double LimitSeconds);

/// <param name="UnwrittenBytes">Received, and given up.</param>
internal sealed record ListenStoppedLine(
    string Event,
    long Accepted,
    long ReceivedBytes,
    long WrittenRecords,
    long WrittenBytes,
    long UnwrittenBytes,
    long DroppedDatagrams,
    long LostRecords,
    bool Aborted);

internal sealed record ListenStatusLine(
    string Event,
    int Connections,
    long Accepted,
    double ReceivedBytesPerSecond,
    double WrittenRecordsPerSecond,
    long WrittenRecords,
    long WrittenBytes,
    long WaitingBytes,
    long DroppedDatagrams,
    long LostRecords);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ListenListeningLine))]
[JsonSerializable(typeof(ListenNoticeLine))]
[JsonSerializable(typeof(ListenDrainingLine))]
[JsonSerializable(typeof(ListenStoppedLine))]
[JsonSerializable(typeof(ListenStatusLine))]
internal sealed partial class ListenJson : JsonSerializerContext;
