using System.Text.Json.Serialization;
using Weir.Cli.Output;
using Weir.Cli.Serving;
using Weir.Linux;

namespace Weir.Cli.Relaying;

/// <summary>One JSON object per line, each with its <c>event</c>: tookOver, listening, handedOver, relaying, status, notice, draining, stopped.</summary>
/// <param name="useStandardError">Standard output carries the relay's bytes.</param>
internal sealed class RelayJsonReport(bool useStandardError) : RelayReport
{
    private readonly JsonLines _lines = new(RelayJson.Default, useStandardError);

    public override Task<Errno> OutputLost => _lines.Lost;

    public override void OnRelaying(Relay relay, RelaySettings settings)
    {
        foreach (Listener listener in relay.Listeners)
            _lines.Write(new RelayListeningLine("listening", listener.ToString(), listener.Url.ToString()));
        _lines.Write(new RelayingLine(
            "relaying",
            settings.Relay.From.ToString(),
            [.. settings.Relay.To.Select(endpoint => endpoint.ToString())],
            settings.Relay.Balance.ToString().ToLowerInvariant()));
    }

    public override void OnTookOver(HandoverPeer from) => _lines.Write(new TookOverLine("tookOver", from.ProcessId, from.Listeners));

    public override void OnHandedOver(HandoverPeer to, int connections) =>
        _lines.Write(new HandedOverLine("handedOver", to.ProcessId, to.Listeners, connections));

    public override void OnEvent(ServerEvent happening) =>
        _lines.Write(new RelayNoticeLine("notice", happening.Kind.ToString(), happening.Message));

    public override void OnDraining(int connections, TimeSpan limit) =>
        _lines.Write(new RelayDrainingLine("draining", connections, limit.TotalSeconds));

    public override void OnStopped(RelayStatistics statistics, bool aborted) =>
        _lines.Write(new RelayStoppedLine(
            "stopped",
            statistics.Accepted,
            statistics.SentToBytes,
            statistics.SentBackBytes,
            statistics.Dropped,
            statistics.DroppedInReceiveBuffer,
            statistics.CutMessages,
            aborted));

    protected override bool ShowsStatus => true;

    protected override void OnStatus(RelayStatus status) => _lines.Write(new RelayStatusLine(
        "status",
        status.Totals.Connections,
        status.Totals.Accepted,
        Math.Round(status.AcceptedPerSecond, 1),
        Math.Round(status.SentToBytesPerSecond),
        Math.Round(status.SentBackBytesPerSecond),
        status.Totals.Dropped,
        status.Totals.DroppedInReceiveBuffer,
        status.Totals.CutMessages,
        status.Totals.BufferedBytes));
}

internal sealed record RelayListeningLine(string Event, string Address, string Url);

internal sealed record RelayingLine(string Event, string From, string[] To, string Balance);

internal sealed record RelayNoticeLine(string Event, string Kind, string Message);

internal sealed record RelayDrainingLine(string Event, int Connections, double LimitSeconds);

internal sealed record RelayStoppedLine(
    string Event,
    long Accepted,
    long SentToBytes,
    long SentBackBytes,
    long Dropped,
    long DroppedInReceiveBuffer,
    long CutMessages,
    bool Aborted);

internal sealed record RelayStatusLine(
    string Event,
    int Connections,
    long Accepted,
    double AcceptedPerSecond,
    double SentToBytesPerSecond,
    double SentBackBytesPerSecond,
    long Dropped,
    long DroppedInReceiveBuffer,
    long CutMessages,
    long BufferedBytes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RelayListeningLine))]
[JsonSerializable(typeof(RelayingLine))]
[JsonSerializable(typeof(TookOverLine))]
[JsonSerializable(typeof(HandedOverLine))]
[JsonSerializable(typeof(RelayNoticeLine))]
[JsonSerializable(typeof(RelayDrainingLine))]
[JsonSerializable(typeof(RelayStoppedLine))]
[JsonSerializable(typeof(RelayStatusLine))]
internal sealed partial class RelayJson : JsonSerializerContext;
