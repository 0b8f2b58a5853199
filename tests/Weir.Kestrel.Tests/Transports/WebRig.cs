using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Testing;

namespace Weir.Kestrel.Tests.Transports;

/// <summary>An application on a transport, and what its tests need: its port, clients, its log.</summary>
internal sealed class WebRig : IAsyncDisposable, ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> _log = new();
    private WebApplication? _application;

    public WebApplication Application => _application!;

    /// <summary>The first endpoint's port.</summary>
    public int Port { get; private set; }

    public IReadOnlyCollection<LogLine> Log => _log;

    /// <summary>Listens on a free port of 127.0.0.1, unless told otherwise.</summary>
    public static async Task<WebRig> StartAsync(
        TransportCase transport,
        Action<WebApplication> map,
        Action<KestrelServerOptions>? kestrel = null,
        Action<WebApplicationBuilder>? build = null)
    {
        var rig = new WebRig();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        transport.Apply(builder.WebHost);
        builder.WebHost.ConfigureKestrel(options =>
        {
            if (kestrel is not null)
                kestrel(options);
            else
                options.Listen(IPAddress.Loopback, port: 0);
        });
        builder.Services.AddRouting();
        builder.Logging.AddProvider(rig).SetMinimumLevel(LogLevel.Debug);
        build?.Invoke(builder);
        rig._application = builder.Build();
        map(rig.Application);
        try
        {
            await rig.Application.StartAsync().WaitAsync(Deadline.Generous);
        }
        catch
        {
            await rig.Application.DisposeAsync();
            throw;
        }

        string address = rig.Application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        rig.Port = Uri.TryCreate(address, UriKind.Absolute, out Uri? url) ? url.Port : 0;
        return rig;
    }

    /// <param name="version">1.1, unless told otherwise.</param>
    /// <param name="through">A unix socket's path; the first endpoint's port without it.</param>
    public HttpClient Client(Version? version = null, string? through = null) =>
        Client(new SocketsHttpHandler(), $"http://127.0.0.1:{Port}", version, through);

    /// <summary>A client over TLS that takes the certificate <see cref="Certificates.Server"/> and no other.</summary>
    /// <param name="version">1.1, unless told otherwise.</param>
    /// <param name="tls">Changes what the client says in the handshake.</param>
    /// <param name="through">A unix socket's path; the first endpoint's port without it.</param>
    public HttpClient HttpsClient(Version? version = null, Action<SslClientAuthenticationOptions>? tls = null, string? through = null)
    {
        var options = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, _) => Certificates.Server.Equals(certificate),
        };
        tls?.Invoke(options);
        // The name has to be one, or nothing is said about it in the handshake.
        return Client(new SocketsHttpHandler { SslOptions = options }, $"https://localhost:{Port}", version, through);
    }

    public async Task<RawClient> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, Port).WaitAsync(Deadline.Generous);
        return new RawClient(socket);
    }

    public async ValueTask DisposeAsync()
    {
        await Application.StopAsync().WaitAsync(Deadline.Generous);
        await Application.DisposeAsync().AsTask().WaitAsync(Deadline.Generous);
    }

    ILogger ILoggerProvider.CreateLogger(string categoryName) => new Logger(this, categoryName);

    void IDisposable.Dispose()
    {
    }

    private HttpClient Client(SocketsHttpHandler handler, string address, Version? version, string? through)
    {
        EndPoint server = through is null ? new IPEndPoint(IPAddress.Loopback, Port) : new UnixDomainSocketEndPoint(through);
        handler.ConnectCallback = (_, _) => ConnectAsync(server);
        return new HttpClient(handler)
        {
            BaseAddress = new Uri(address),
            DefaultRequestVersion = version ?? HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = Deadline.Generous,
        };
    }

    private static async ValueTask<Stream> ConnectAsync(EndPoint server)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(server).InTime();
        return new NetworkStream(socket, ownsSocket: true);
    }

    private sealed class Logger(WebRig rig, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            rig._log.Enqueue(new LogLine(category, logLevel, eventId.Name ?? "", formatter(state, exception), exception));
    }
}

internal sealed record LogLine(string Category, LogLevel Level, string Event, string Text, Exception? Exception);
