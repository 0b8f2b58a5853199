using Weir.Cli.Output;

namespace Weir.Cli.Serving;

/// <summary>What people read about a hand-over, whichever command it is of.</summary>
internal static class HandoverText
{
    public static string TookOver(HandoverPeer from) => $"took over {Quantity.Listeners(from.Listeners)} from process {from.ProcessId}";

    public static string HandedOver(HandoverPeer to, int connections) =>
        $"handed {Quantity.Listeners(to.Listeners)} to process {to.ProcessId}; draining {Quantity.Connections(connections)}";
}

internal sealed record TookOverLine(string Event, int ProcessId, int Listeners);

internal sealed record HandedOverLine(string Event, int ProcessId, int Listeners, int Connections);
