using Weir.Cli.Output;
using Weir.Cli.Serving;

namespace Weir.Cli.Relaying;

/// <summary>For people: a line that says what is relayed, and on a terminal one status line that is written over.</summary>
internal sealed class RelayTextReport : RelayReport
{
    private readonly Output.StatusLine _out = new();

    public override void OnRelaying(Relay relay, RelaySettings settings)
    {
        string to = string.Join(", ", settings.Relay.To.Select(endpoint => endpoint.ToString()));
        string balance = settings.Relay.To.Count > 1 ? $" ({settings.Relay.Balance.ToString().ToLowerInvariant()})" : "";
        string from = relay.Listeners.Count > 0 ? relay.Listeners[0].ToString() : settings.Relay.From.ToString();
        _out.Line($"relaying {from} → {to}{balance}; Ctrl-C drains and ends");
    }

    public override void OnTookOver(HandoverPeer from) => _out.Line(HandoverText.TookOver(from));

    public override void OnHandedOver(HandoverPeer to, int connections) => _out.Line(HandoverText.HandedOver(to, connections));

    // A command that ended well is no news.
    public override void OnEvent(ServerEvent happening)
    {
        if (happening.Kind != ServerEventKind.ChildEnded)
            _out.Error($"weir: {happening.Message}");
    }

    public override void OnDraining(int connections, TimeSpan limit)
    {
        if (connections > 0)
            _out.Line($"draining {Quantity.Connections(connections)}, at most {limit.TotalSeconds:0.#} s; once more resets them");
    }

    public override void OnStopped(RelayStatistics statistics, bool aborted) => _out.Line(
        $"relayed {Quantity.Connections(statistics.Accepted)}, {Quantity.Bytes(statistics.SentToBytes)} to, "
        + $"{Quantity.Bytes(statistics.SentBackBytes)} back{RelayStatus.DescribeDrops(statistics)}{(aborted ? "; some were reset" : "")}");

    protected override bool ShowsStatus => _out.IsSeen;

    protected override void OnStatus(RelayStatus status) => _out.Show(status.Describe());
}
