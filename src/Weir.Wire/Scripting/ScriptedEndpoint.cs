using System.Diagnostics;
using System.Net;

namespace Weir.Wire;

/// <summary>
/// A TCP peer without a kernel: it sends exactly the segments that it is told to, and expects those that it is told to expect, one after the other. Sequence numbers count from each side's SYN, which is 0,
/// so the first byte of data is 1. Methods are called by one thread at a time.
/// <example><code>
/// using ScriptedEndpoint peer = network.AddScriptedEndpoint(host, "10.0.0.1/24", "10.0.0.2/24");
/// KernelSocket socket = host.BeginConnect(peer.Address, peer.Port);
/// peer.ExpectSyn().SendSynAck(window: 1000).ExpectAck();
/// </code></example>
/// </summary>
public sealed partial class ScriptedEndpoint : IDisposable
{
    private const ushort DefaultWindow = 64_000;

    private readonly List<string> _exchange = [];
    private readonly ScriptedEndpointOptions _options;
    private readonly FrameBuilder.Station _self;
    private readonly FrameBuilder.Station _host;
    private readonly ScriptedPort _port;
    private readonly long _start = Stopwatch.GetTimestamp();
    private uint _first;
    private uint _hostFirst;
    private uint _next;
    private uint _expected;
    private bool _knowsHost;

    private ScriptedEndpoint(PacketSocket socket, FrameBuilder.Station self, FrameBuilder.Station host, string name, string hostName, ScriptedEndpointOptions options)
    {
        (Name, HostName) = (name, hostName);
        _self = self;
        _host = host;
        _options = options;
        Port = options.Port;
        _first = _next = options.InitialSequence;
        _port = new ScriptedPort(socket, self);
    }

    /// <summary>As drawings call it.</summary>
    public string Name { get; }

    public IPAddress Address => _self.Address;

    /// <summary>Its own port.</summary>
    public int Port { get; private set; }

    /// <summary>The host's port; 0 until it is known, by what the host sends first or by <see cref="SendSyn"/>.</summary>
    public int HostPort { get; private set; }

    /// <summary>The next sequence number of its own.</summary>
    public long Next => Relative(_next, _first);

    /// <summary>What it acknowledges unless the script says otherwise: the end of what has come in order.</summary>
    public long Expected => Relative(_expected, _hostFirst);

    /// <summary>The last segment that was expected and has come.</summary>
    /// <exception cref="InvalidOperationException">None has come.</exception>
    public ReceivedSegment Last => _last ?? throw new InvalidOperationException("No segment has come yet.");

    /// <summary>Segments that the script will not see: they came while 65,536 were waiting for it.</summary>
    public long MissedSegments => _port.Missed;

    /// <summary>What has happened, a line for each segment.</summary>
    public IReadOnlyList<string> Exchange => [.. _exchange];

    /// <summary>Another conversation with the same host: nothing of the one before counts any more.</summary>
    /// <param name="port">Its own port from now on.</param>
    /// <param name="initialSequence">Its initial sequence number.</param>
    public ScriptedEndpoint Restart(int port, uint initialSequence)
    {
        Port = port;
        HostPort = 0;
        _knowsHost = false;
        _first = _next = initialSequence;
        (_hostFirst, _expected, _last) = (0, 0, null);
        _exchange.Add($"          a new conversation from port {port}");
        return this;
    }

    public void Dispose() => _port.Dispose();

    /// <summary>The host at the other end of its wire.</summary>
    internal string HostName { get; }

    /// <summary>Takes the socket over.</summary>
    internal static ScriptedEndpoint Create(
        PacketSocket socket, FrameBuilder.Station self, FrameBuilder.Station host, string name, string hostName, ScriptedEndpointOptions options)
    {
        try
        {
            return new ScriptedEndpoint(socket, self, host, name, hostName, options);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="ScriptedPort.Observe"/>
    internal IDisposable Observe(Action<ScriptedFrame> observer) => _port.Observe(observer);

    private static long Relative(uint sequence, uint first) => unchecked((int)(sequence - first));

    private void Note(long at, string arrow, string text) =>
        _exchange.Add($"{Stopwatch.GetElapsedTime(_start, at).TotalMilliseconds,8:0.000}  {arrow}  {text}");
}
