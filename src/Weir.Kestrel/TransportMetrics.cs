using System.Diagnostics.Metrics;

namespace Weir.Kestrel;

/// <summary>
/// What the loops count, as metrics of the meter <c>Weir.Kestrel</c>, each with the attribute <c>weir.loop</c>. Connections, requests and TLS
/// have ASP.NET Core's own metrics (<c>kestrel.*</c>, <c>http.server.*</c>), which Kestrel itself writes.
/// </summary>
internal sealed class TransportMetrics
{
    public const string MeterName = "Weir.Kestrel";

    private readonly LoopGroup _loops;

    public TransportMetrics(IMeterFactory meters, TransportLoops loops)
    {
        _loops = loops.Group;
        Meter meter = meters.Create(MeterName);
        meter.CreateObservableUpDownCounter("weir.loop.connections", () => Of(loop => (long)loop.Connections), "{connection}", "Open connections");
        meter.CreateObservableCounter("weir.loop.cpu.time", ReadCpuTimes, "s", "CPU time of the loop's thread; its rate is the loop's utilisation");
        meter.CreateObservableUpDownCounter("weir.loop.buffer.usage", () => Of(loop => loop.BufferedBytes), "By", "Buffers lent to readers and writers");
        meter.CreateObservableCounter("weir.loop.receive.pauses", () => Of(loop => loop.PausedReceives), "{pause}", "Receives parked because a reader or the loop held too much");
        meter.CreateObservableCounter("weir.loop.send.refusals", () => Of(loop => loop.RefusedSends), "{refusal}", "Flushes that found the kernel's send buffer full");
        meter.CreateObservableCounter("weir.loop.stalls", () => Of(loop => loop.Stalls), "{stall}", "Turns that an inline handler held for too long");
        meter.CreateObservableCounter("weir.loop.io", ReadBytes, "By", "Bytes received and sent");
    }

    private IEnumerable<Measurement<long>> Of(Func<LoopStatistics, long> read) =>
        _loops.Statistics.Select((loop, index) => new Measurement<long>(read(loop), Loop(index)));

    private IEnumerable<Measurement<double>> ReadCpuTimes() =>
        _loops.Statistics.Select((loop, index) => new Measurement<double>(loop.CpuTime.TotalSeconds, Loop(index)));

    private IEnumerable<Measurement<long>> ReadBytes() => _loops.Statistics.SelectMany((loop, index) => new[]
    {
        new Measurement<long>(loop.ReceivedBytes, Loop(index), new KeyValuePair<string, object?>("network.io.direction", "receive")),
        new Measurement<long>(loop.SentBytes, Loop(index), new KeyValuePair<string, object?>("network.io.direction", "transmit")),
    });

    private static KeyValuePair<string, object?> Loop(int index) => new("weir.loop", index);
}
