using System.Runtime.InteropServices;

namespace Weir.Cli.Serving;

/// <summary>One run of <c>weir serve</c>, from listening to the drained end.</summary>
internal static class ServeSession
{
    public static async Task<int> RunAsync(ServeSettings settings)
    {
        using DefaultUrls? defaults = settings.Urls.Count == 0 ? new DefaultUrls() : null;
        using ServeReport report = ServeReport.Create(settings.Json);
        var loops = new LoopGroup(settings.Loops, new LoopOptions { Scheduling = settings.Scheduling });
        await using (loops.ConfigureAwait(false))
        {
            using var signals = new StopSignals();
            Server server = await Server.StartAsync(
                new ServerOptions
                {
                    Urls = defaults?.Urls ?? settings.Urls,
                    Loops = loops,
                    MaxConnections = settings.MaxConnections,
                    Listener = new ListenerOptions { Connection = new ConnectionOptions { IdleTimeout = settings.IdleTimeout } },
                    OnEvent = report.OnEvent,
                },
                HandlerOf(settings.Handler)).ConfigureAwait(false);

            report.OnListening(server, settings);
            await report.StreamStatusUntilAsync(server, signals.First).ConfigureAwait(false);
            report.OnDraining(server.Statistics.Connections, settings.DrainTimeout);
            _ = signals.Second.ContinueWith(_ => server.Abort(), TaskScheduler.Default);
            int reset = await server.StopAsync(settings.DrainTimeout).ConfigureAwait(false);
            bool aborted = reset > 0 || signals.Second.IsCompleted;
            report.OnStopped(server.Statistics, aborted);
            return aborted ? Output.ExitCode.FoundWrong : Output.ExitCode.Fine;
        }
    }

    private static Func<Connection, Task> HandlerOf(ServeHandler handler) => handler switch
    {
        ServeHandler.Echo => StandardHandlers.Echo,
        ServeHandler.Discard => StandardHandlers.Discard,
        ServeHandler.Chargen => StandardHandlers.Chargen,
        ServeHandler.Daytime => StandardHandlers.Daytime,
        _ => throw new ArgumentOutOfRangeException(nameof(handler)),
    };

    /// <summary>SIGINT and SIGTERM: the first asks to stop, the second not to wait.</summary>
    private sealed class StopSignals : IDisposable
    {
        private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _second = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly PosixSignalRegistration _interrupt;
        private readonly PosixSignalRegistration _terminate;

        public StopSignals()
        {
            _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
            _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        }

        public Task First => _first.Task;

        public Task Second => _second.Task;

        public void Dispose()
        {
            _interrupt.Dispose();
            _terminate.Dispose();
        }

        private void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            if (!_first.TrySetResult())
                _second.TrySetResult();
        }
    }
}
