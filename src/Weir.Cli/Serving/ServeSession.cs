using Weir.Cli.Engines;
using Weir.Linux;

namespace Weir.Cli.Serving;

/// <summary>One run of <c>weir serve</c>, from listening to the drained end.</summary>
internal static class ServeSession
{
    public static async Task<int> RunAsync(ServeSettings settings)
    {
        using DefaultUrls? defaults = settings.Urls.Count == 0 ? new DefaultUrls() : null;
        using ServeReport report = ServeReport.Create(settings.Json);
        var loops = new LoopGroup(settings.Loops, new LoopOptions { Engine = settings.Engine, Scheduling = settings.Scheduling });
        EngineNotice.Write(loops);
        await using (loops.ConfigureAwait(false))
        {
            using var signals = new StopSignals();
            Server server = await Server.StartAsync(
                new ServerOptions
                {
                    Urls = defaults?.Urls ?? settings.Urls,
                    Loops = loops,
                    MaxConnections = settings.MaxConnections,
                    Listener = new ListenerOptions
                    {
                        Connection = new ConnectionOptions { IdleTimeout = settings.IdleTimeout },
                        Messages = new MessageOptions { IdleTimeout = settings.IdleTimeout },
                    },
                    HandoverPath = settings.HandoverPath,
                    OnEvent = report.OnEvent,
                },
                HandlersOf(settings.Handler)).ConfigureAwait(false);

            if (server.TookOver is { } from)
                report.OnTookOver(from);
            report.OnListening(server, loops, settings.Handler);
            await report.StreamStatusUntilAsync(server, Task.WhenAny(signals.First, report.OutputLost, server.HandedOver)).ConfigureAwait(false);
            ReportEnd(server, report, settings.DrainTimeout);
            // Connections run on after a hand-over; who wants an end sooner says so.
            if (server.HandedOver.IsCompleted)
                _ = signals.First.ContinueWith(_ => server.StopAsync(settings.DrainTimeout), TaskScheduler.Default);
            _ = signals.Second.ContinueWith(_ => server.Abort(), TaskScheduler.Default);
            int reset = await server.StopAsync(settings.DrainTimeout).ConfigureAwait(false);
            bool aborted = reset > 0 || signals.Second.IsCompleted;
            report.OnStopped(server.Statistics, aborted);
            // Whoever read the output has gone: end quietly, as a pipe's writer does.
            if (report.OutputLost is { IsCompleted: true } lost && await lost.ConfigureAwait(false) is var failed and not Errno.EPIPE)
                throw new IOException($"write standard output: {failed}; serving has ended");
            return aborted ? Output.ExitCode.FoundWrong : Output.ExitCode.Fine;
        }
    }

    private static void ReportEnd(Server server, ServeReport report, TimeSpan drainTimeout)
    {
        int connections = server.Statistics.Connections;
        if (server.HandedOver is { IsCompletedSuccessfully: true } handedOver)
            report.OnHandedOver(handedOver.Result, connections);
        else
            report.OnDraining(connections, drainTimeout);
    }

    private static ServerHandlers HandlersOf(ServeHandler handler) => handler switch
    {
        ServeHandler.Echo => new ServerHandlers
        {
            Connections = StandardHandlers.Echo,
            Messages = StandardHandlers.Echo,
            Datagrams = StandardHandlers.Echo,
        },
        ServeHandler.Discard => new ServerHandlers
        {
            Connections = StandardHandlers.Discard,
            Messages = StandardHandlers.Discard,
            Datagrams = StandardHandlers.Discard,
        },
        ServeHandler.Chargen => new ServerHandlers
        {
            Connections = StandardHandlers.Chargen,
            Messages = StandardHandlers.Chargen,
            Datagrams = StandardHandlers.Chargen,
        },
        ServeHandler.Daytime => new ServerHandlers
        {
            Connections = StandardHandlers.Daytime,
            Messages = StandardHandlers.Daytime,
            Datagrams = StandardHandlers.Daytime,
        },
        _ => throw new ArgumentOutOfRangeException(nameof(handler)),
    };
}
