namespace Weir.Cli.Relaying;

/// <summary>For a relay whose bytes go through standard output: only what is wrong is told, on standard error.</summary>
internal sealed class RelayQuietReport : RelayReport
{
    public override void OnRelaying(Relay relay, RelaySettings settings)
    {
    }

    public override void OnTookOver(HandoverPeer from)
    {
    }

    public override void OnHandedOver(HandoverPeer to, int connections)
    {
    }

    // A command that ended well is no news.
    public override void OnEvent(ServerEvent happening)
    {
        if (happening.Kind != ServerEventKind.ChildEnded)
            Console.Error.WriteLine($"weir: {happening.Message}");
    }

    public override void OnDraining(int connections, TimeSpan limit)
    {
    }

    public override void OnStopped(RelayStatistics statistics, bool aborted)
    {
    }
}
