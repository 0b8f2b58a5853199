using System.Text.Json.Serialization;
using Weir.Cli.Output;
using Weir.Cli.Serving;
using Weir.Linux;
using Weir.Sockets;

namespace Weir.Cli.Listening;

/// <summary>One JSON object per line, each with its <c>event</c>: tookOver, listening, handedOver, status, notice, draining, stopped.</summary>
internal sealed class ListenJsonReport(bool useStandardError) : ListenReport
{
    private readonly JsonLines _lines = new(ListenJson.Default, useStandardError);

    public override Task<Errno> OutputLost => _lines.Lost;

    public override void OnListening(Collector collector, LoopGroup loops, ListenSettings settings)
    {
        foreach (Listener listener in collector.Listeners)
        {
            foreach (KernelAddress address in listener.LocalAddresses)
                _lines.Write(new ListenListeningLine("listening", address.Describe(listener.Scheme), listener.Url.ToString(), loops.EngineName));
        }
    }

    public override void OnTookOver(HandoverPeer from) => _lines.Write(new TookOverLine("tookOver", from.ProcessId, from.Listeners));

    public override void OnHandedOver(HandoverPeer to, int connections) =>
        _lines.Write(new HandedOverLine("handedOver", to.ProcessId, to.Listeners, connections));

    public override void OnEvent(ServerEvent happening) => _lines.Write(new ListenNoticeLine("notice", happening.Kind.ToString(), happening.Message));

    public override void OnDraining(CollectorStatistics statistics, TimeSpan limit) => _lines.Write(
        new ListenDrainingLine("draining", statistics.Server.Connections, statistics.WaitingBytes, limit.TotalSeconds));

    public override void OnStopped(CollectorStatistics statistics, bool isComplete) => _lines.Write(new ListenStoppedLine(
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

    protected override void OnStatus(ListenStatus status) => _lines.Write(new ListenStatusLine(
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
}

internal sealed record ListenListeningLine(string Event, string Address, string Url, string Engine);

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
[JsonSerializable(typeof(TookOverLine))]
[JsonSerializable(typeof(HandedOverLine))]
[JsonSerializable(typeof(ListenNoticeLine))]
[JsonSerializable(typeof(ListenDrainingLine))]
[JsonSerializable(typeof(ListenStoppedLine))]
[JsonSerializable(typeof(ListenStatusLine))]
internal sealed partial class ListenJson : JsonSerializerContext;
