using Weir.Cli.Output;
using Weir.Cli.Serving;

namespace Weir.Cli.Listening;

/// <summary>For people: a line per listener with a command to try, and on a terminal one status line that is written over.</summary>
internal sealed class ListenTextReport(bool useStandardError) : ListenReport
{
    private const string ClearLine = "\r\u001b[K";

    private readonly TextWriter _output = useStandardError ? Console.Error : Console.Out;

    // A status line between records on the same terminal would be in their way.
    private readonly bool _showsStatus = useStandardError
        ? Console.IsOutputRedirected && !Console.IsErrorRedirected
        : !Console.IsOutputRedirected;

    private readonly Lock _lock = new();
    private bool _hasStatus;

    public override void OnListening(Collector collector, ListenSettings settings)
    {
        int width = collector.Listeners.Max(listener => listener.ToString().Length);
        foreach (Listener listener in collector.Listeners)
            Line($"listening on {listener.ToString().PadRight(width)}   try: {TryCommand.For(listener)}");
        string rotated = settings.RotateBytes > 0 ? $", rotated at {Quantity.Bytes(settings.RotateBytes)}, {settings.KeepFiles} kept" : "";
        Line($"{settings.Framing.ToString().ToLowerInvariant()} go to {settings.Target}{rotated}; Ctrl-C writes what has arrived and ends");
    }

    public override void OnEvent(ServerEvent happening)
    {
        lock (_lock)
        {
            EraseStatus();
            Console.Error.WriteLine($"weir: {happening.Message}");
        }
    }

    public override void OnDraining(CollectorStatistics statistics, TimeSpan limit)
    {
        if (statistics.Server.Connections > 0 || statistics.WaitingBytes > 0)
        {
            Line($"draining {Quantity.Connections(statistics.Server.Connections)}, {Quantity.Bytes(statistics.WaitingBytes)} wait, "
                + $"at most {limit.TotalSeconds:0.#} s; once more gives up");
        }
    }

    public override void OnStopped(CollectorStatistics statistics, bool isComplete)
    {
        string unwritten = statistics.WaitingBytes > 0 ? $"; {Quantity.Bytes(statistics.WaitingBytes)} were not written" : "";
        Line($"wrote {Quantity.Count(statistics.WrittenRecords)} records, {Quantity.Bytes(statistics.WrittenBytes)}, "
            + $"of {Quantity.Connections(statistics.Server.Accepted)}{ListenStatus.Losses(statistics)}{unwritten}"
            + (isComplete || unwritten.Length > 0 ? "" : "; some were reset"));
    }

    protected override bool ShowsStatus => _showsStatus;

    protected override void OnStatus(ListenStatus status)
    {
        lock (_lock)
        {
            _output.Write($"{ClearLine}{status.Describe(Console.WindowWidth)}");
            _hasStatus = true;
        }
    }

    private void Line(string text)
    {
        lock (_lock)
        {
            EraseStatus();
            _output.WriteLine(text);
        }
    }

    private void EraseStatus()
    {
        if (_hasStatus)
            _output.Write(ClearLine);
        _hasStatus = false;
    }
}
