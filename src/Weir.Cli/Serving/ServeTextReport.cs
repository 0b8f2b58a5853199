using Weir.Cli.Output;

namespace Weir.Cli.Serving;

/// <summary>For people: a line per listener with a command to try, and on a terminal one status line that is written over.</summary>
internal sealed class ServeTextReport : ServeReport
{
    private const string ClearLine = "\r\u001b[K";

    private readonly bool _isTerminal = !Console.IsOutputRedirected;
    private readonly Lock _lock = new();
    private bool _hasStatus;

    public override void OnListening(Server server, LoopGroup loops, ServeHandler handler)
    {
        (string Address, string Try)[] lines =
        [
            .. from listener in server.Listeners
               from address in listener.LocalAddresses
               select (address.Describe(listener.Scheme), TryCommand.For(address, listener.Scheme)),
        ];
        int width = lines.Max(line => line.Address.Length);
        foreach ((string address, string command) in lines)
            Line($"listening on {address.PadRight(width)}   try: {command}");
        string scheduling = loops.Options.Scheduling == LoopScheduling.Inline ? "inline" : "on the thread pool";
        Line($"{handler.ToString().ToLowerInvariant()}, {loops.Count} loops on {loops.EngineName}, "
            + $"handlers {scheduling}; Ctrl-C drains and ends");
    }

    public override void OnTookOver(HandoverPeer from) => Line(HandoverText.TookOver(from));

    public override void OnHandedOver(HandoverPeer to, int connections) => Line(HandoverText.HandedOver(to, connections));

    public override void OnEvent(ServerEvent happening)
    {
        lock (_lock)
        {
            EraseStatus();
            Console.Error.WriteLine($"weir: {happening.Message}");
        }
    }

    public override void OnDraining(int connections, TimeSpan limit)
    {
        if (connections > 0)
            Line($"draining {Quantity.Connections(connections)}, at most {limit.TotalSeconds:0.#} s; once more resets them");
    }

    public override void OnStopped(ServerStatistics statistics, bool aborted) => Line(
        $"served {Quantity.Connections(statistics.Accepted)}, {Quantity.Bytes(statistics.ReceivedBytes)} in, "
        + $"{Quantity.Bytes(statistics.SentBytes)} out{ServeStatus.LossesOf(statistics)}{(aborted ? "; some were reset" : "")}");

    protected override bool ShowsStatus => _isTerminal;

    protected override void OnStatus(ServeStatus status)
    {
        lock (_lock)
        {
            Console.Write($"{ClearLine}{status.Describe(Console.WindowWidth)}");
            _hasStatus = true;
        }
    }

    private void Line(string text)
    {
        lock (_lock)
        {
            EraseStatus();
            Console.WriteLine(text);
        }
    }

    private void EraseStatus()
    {
        if (_hasStatus)
            Console.Write(ClearLine);
        _hasStatus = false;
    }
}
