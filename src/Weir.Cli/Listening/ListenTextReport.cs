using Weir.Cli.Output;
using Weir.Cli.Serving;

namespace Weir.Cli.Listening;

/// <summary>For people: a line per listener with a command to try, and on a terminal one status line that is written over.</summary>
internal sealed class ListenTextReport(bool useStandardError) : ListenReport
{
    private readonly Output.StatusLine _out = new(useStandardError);

    public override void OnListening(Collector collector, LoopGroup loops, ListenSettings settings)
    {
        List<(string Address, string Try)> places =
        [
            .. collector.Listeners.SelectMany(listener => listener.LocalAddresses.Select(address =>
                (address.Describe(listener.Scheme), TryCommand.For(address, listener.Scheme)))),
        ];
        int width = places.Max(place => place.Address.Length);
        foreach ((string address, string attempt) in places)
            _out.Line($"listening on {address.PadRight(width)}   try: {attempt}");
        string rotated = settings.RotateBytes > 0 ? $", rotated at {Quantity.Bytes(settings.RotateBytes)}, {settings.KeepFiles} kept" : "";
        _out.Line($"{settings.Framing.ToString().ToLowerInvariant()} go to {settings.Target}{rotated}; "
            + $"{loops.Count} loops on {loops.EngineName}; Ctrl-C writes what has arrived and ends");
    }

    public override void OnTookOver(HandoverPeer from) => _out.Line(HandoverText.TookOver(from));

    public override void OnHandedOver(HandoverPeer to, int connections) => _out.Line(HandoverText.HandedOver(to, connections));

    public override void OnEvent(ServerEvent happening) => _out.Error($"weir: {happening.Message}");

    public override void OnDraining(CollectorStatistics statistics, TimeSpan limit)
    {
        if (statistics.Server.Connections > 0 || statistics.WaitingBytes > 0)
        {
            _out.Line($"draining {Quantity.Connections(statistics.Server.Connections)}, {Quantity.Bytes(statistics.WaitingBytes)} wait, "
                + $"at most {limit.TotalSeconds:0.#} s; once more gives up");
        }
    }

    public override void OnStopped(CollectorStatistics statistics, bool isComplete)
    {
        string unfinished = isComplete ? ""
            : statistics.WaitingBytes > 0 ? $"; {Quantity.Bytes(statistics.WaitingBytes)} were not written"
            : "; not all of it had ended in time";
        _out.Line($"wrote {Quantity.Records(statistics.WrittenRecords)}, {Quantity.Bytes(statistics.WrittenBytes)}, "
            + $"of {Quantity.Connections(statistics.Server.Accepted)}{ListenStatus.Losses(statistics)}{unfinished}");
    }

    protected override bool ShowsStatus => _out.IsSeen;

    protected override void OnStatus(ListenStatus status) => _out.Show(status.Describe());
}
