using System.Net.NetworkInformation;
using Weir.Wire.Netlink;

namespace Weir.Wire;

/// <summary>
/// Hosts and what joins them, on this machine and invisible to the rest of it. Everything is gone when it is disposed of, and when the process ends
/// in whatever way: namespaces live as long as their threads, processes and descriptors, and nothing is mounted or written anywhere.
/// <example><code>
/// await using var network = HostNetwork.Create();
/// Host client = network.AddHost("client"), server = network.AddHost("server");
/// NetworkWire wire = network.Connect(client, "10.0.0.1/24", server, "10.0.0.2/24");
/// </code></example>
/// </summary>
public sealed class HostNetwork : IAsyncDisposable
{
    private const int MaxHosts = 64;
    private const int MaxWires = 128;
    private const int MaxNameLength = 10;
    private const int LeastIPv6MtuBytes = 1280;

    private readonly Lock _lock = new();
    private readonly List<Host> _hosts = [];
    private readonly List<NetworkWire> _wires = [];
    private readonly List<ScriptedEndpoint> _endpoints = [];
    private readonly Host _hub;
    private int _ends;
    private bool _isDisposed;

    private HostNetwork() => _hub = new Host("hub");

    public IReadOnlyList<Host> Hosts
    {
        get
        {
            lock (_lock)
                return [.. _hosts];
        }
    }

    public IReadOnlyList<NetworkWire> Wires
    {
        get
        {
            lock (_lock)
                return [.. _wires];
        }
    }

    internal IReadOnlyList<ScriptedEndpoint> Endpoints
    {
        get
        {
            lock (_lock)
                return [.. _endpoints];
        }
    }

    /// <summary>The threads that are in namespaces.</summary>
    internal IEnumerable<int> ThreadIds => Hosts.Append(_hub).Select(host => host.ThreadId);

    /// <exception cref="NamespaceException">This process may not; <see cref="Namespaces.EnterOrReexecute"/> helps.</exception>
    public static HostNetwork Create()
    {
        NamespaceThread.ThrowIfInside();
        Host.StartSignalThread();
        return new HostNetwork();
    }

    /// <param name="name">At most ten letters and digits; it is the name of the host's thread as well.</param>
    public Host AddHost(string name)
    {
        ThrowIfNoName(name);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_hosts.Count >= MaxHosts)
                throw new InvalidOperationException($"A network has at most {MaxHosts} hosts.");
            ThrowIfTaken(name);
            var host = new Host(name);
            _hosts.Add(host);
            return host;
        }
    }

    /// <summary>Joins two hosts by a wire that can be disturbed and watched.</summary>
    /// <param name="a">Gets an interface with <paramref name="addressA"/>.</param>
    /// <param name="addressA">Such as <c>10.0.0.1/24</c> or <c>fd00::1/64</c>.</param>
    /// <param name="b">Gets an interface with <paramref name="addressB"/>.</param>
    /// <param name="addressB">On the same network.</param>
    /// <param name="options">The defaults when null.</param>
    /// <exception cref="NetlinkException">EEXIST: the host has this address already.</exception>
    public NetworkWire Connect(Host a, string addressA, Host b, string addressB, WireOptions? options = null)
    {
        options ??= new WireOptions();
        using var links = new NewLinks();
        (HostInterface nearA, string hubA) = AddEnd(a, addressA, options, links);
        (HostInterface nearB, string hubB) = AddEnd(b, addressB, options, links);
        MakeKnown(a, nearA, b, nearB, options);
        NetworkWire wire = Add(() => Wire(a.Name, hubA, b.Name, hubB, options));
        links.Keep();
        return wire;
    }

    /// <summary>Joins two hosts without a wire between: nothing disturbs them, and nobody looks.</summary>
    /// <inheritdoc cref="Connect"/>
    public void ConnectDirectly(Host a, string addressA, Host b, string addressB, WireOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        options ??= new WireOptions();
        using var links = new NewLinks();
        (RouteRequests.VethEnd endA, RouteRequests.VethEnd endB) = (NewEnd(a, links), NewEnd(b, links));
        _hub.Routes.Request(RouteRequests.CreateVeth(endA, endB, options.MtuBytes));
        MakeKnown(a, SetUp(a, endA, addressA, options), b, SetUp(b, endB, addressB, options), options);
        links.Keep();
    }

    /// <summary>Joins a host to a peer that has no kernel and does what a script says.</summary>
    /// <param name="host">Gets an interface with <paramref name="hostAddress"/>.</param>
    /// <param name="hostAddress">Such as <c>10.0.0.1/24</c>.</param>
    /// <param name="peerAddress">On the same network.</param>
    /// <param name="options">The defaults when null.</param>
    /// <exception cref="NetlinkException">EEXIST: the host has this address already.</exception>
    public ScriptedEndpoint AddScriptedEndpoint(Host host, string hostAddress, string peerAddress, ScriptedEndpointOptions? options = null)
    {
        options ??= new ScriptedEndpointOptions();
        using var links = new NewLinks();
        var peer = new FrameBuilder.Station(NewMac(), IPNetworkAddress.Parse(peerAddress).Address);
        (HostInterface device, string hub) = AddEnd(host, hostAddress, options.Wire, links);
        if (!options.Wire.ResolvesNeighbors)
            host.AddNeighbor(device, peer.Address, peer.Mac);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_endpoints.Count >= MaxWires)
                throw new InvalidOperationException($"A network has at most {MaxWires} scripted endpoints.");
            string name = NameOf(options);
            var station = new FrameBuilder.Station(device.Mac, device.Addresses[0].Address);
            PacketSocket socket = Open(hub, options.Wire);
            var endpoint = ScriptedEndpoint.Create(socket, peer, station, name, host.Name, options);
            _endpoints.Add(endpoint);
            links.Keep();
            return endpoint;
        }
    }

    private static void ThrowIfNoName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Length > MaxNameLength || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'))
            throw new ArgumentException($"'{name}' is no name of a host: at most {MaxNameLength} letters, digits and hyphens.", nameof(name));
    }

    private bool IsTaken(string name) => _hosts.Any(host => host.Name == name) || _endpoints.Any(endpoint => endpoint.Name == name);

    private void ThrowIfTaken(string name)
    {
        if (IsTaken(name))
            throw new InvalidOperationException($"There is a host {name} already.");
    }

    private string NameOf(ScriptedEndpointOptions options)
    {
        if (options.Name is not { } given)
            return Enumerable.Range(1, MaxHosts + MaxWires + 1).Select(number => number == 1 ? "peer" : $"peer{number}").First(name => !IsTaken(name));
        ThrowIfNoName(given);
        ThrowIfTaken(given);
        return given;
    }

    private NetworkWire Add(Func<NetworkWire> create)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_wires.Count >= MaxWires)
                throw new InvalidOperationException($"A network has at most {MaxWires} wires.");
            NetworkWire wire = create();
            _wires.Add(wire);
            return wire;
        }
    }

    /// <summary>Stops the wires, kills what runs inside the hosts, and lets go of the namespaces.</summary>
    /// <exception cref="TimeoutException">A call inside a host does not return within five seconds; everything else is gone.</exception>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
        }

        foreach (NetworkWire wire in _wires)
            await wire.StopAsync().ConfigureAwait(false);
        foreach (ScriptedEndpoint endpoint in _endpoints)
            endpoint.Dispose();
        string stuck = "";
        foreach (Host host in _hosts.Append(_hub))
        {
            try
            {
                host.Close();
            }
            catch (TimeoutException late)
            {
                // The others end all the same.
                stuck += (stuck.Length > 0 ? " " : "") + late.Message;
            }
        }

        if (stuck.Length > 0)
            throw new TimeoutException(stuck);
    }

    /// <summary>The end at the host, and the name of the end at the hub.</summary>
    private (HostInterface Device, string HubName) AddEnd(Host host, string address, WireOptions options, NewLinks links)
    {
        ArgumentNullException.ThrowIfNull(host);
        RouteRequests.VethEnd near = NewEnd(host, links);
        var far = new RouteRequests.VethEnd($"port{Interlocked.Increment(ref _ends)}", NewMac(), Namespace: null);
        _hub.Routes.Request(RouteRequests.CreateVeth(far, near, options.MtuBytes));
        // The hub itself must not say anything on the wire.
        if (HasIPv6(_hub, options))
            _hub.SetSysctl($"net.ipv6.conf.{far.Name}.disable_ipv6", "1");
        _hub.Routes.SwitchOffloadsOff(far.Name);
        _hub.Routes.Request(RouteRequests.BringUp(far.Name, _hub.Routes.IndexOf(far.Name)));
        return (SetUp(host, near, address, options), far.Name);
    }

    private RouteRequests.VethEnd NewEnd(Host host, NewLinks links)
    {
        string name = host.NextInterfaceName();
        links.Add(host, name);
        return new RouteRequests.VethEnd(name, NewMac(), host.Namespace);
    }

    /// <summary>Locally administered, and the same in each run.</summary>
    private PhysicalAddress NewMac()
    {
        int number = Interlocked.Increment(ref _ends);
        return new PhysicalAddress([0x02, 0x77, 0x65, 0x69, (byte)(number >> 8), (byte)number]);
    }

    private static HostInterface SetUp(Host host, RouteRequests.VethEnd end, string address, WireOptions options)
    {
        var parsed = IPNetworkAddress.Parse(address);
        RouteSocket routes = host.Routes;
        int index = routes.IndexOf(end.Name);
        if (HasIPv6(host, options))
        {
            // Without an IPv6 address the host has nothing to announce by itself; with one it still asks for no router.
            host.SetSysctl($"net.ipv6.conf.{end.Name}.disable_ipv6", parsed.IsIPv6 ? "0" : "1");
            host.SetSysctl($"net.ipv6.conf.{end.Name}.accept_ra", "0");
            host.SetSysctl($"net.ipv6.conf.{end.Name}.router_solicitations", "0");
            host.SetSysctl($"net.ipv6.conf.{end.Name}.accept_dad", "0");
            if (parsed.IsIPv6)
                routes.Request(RouteRequests.KeepFromMakingAddresses(end.Name, index));
        }

        routes.SwitchOffloadsOff(end.Name);
        routes.Request(RouteRequests.BringUp(end.Name, index));
        routes.Request(RouteRequests.AddAddress(end.Name, index, parsed));
        var device = new HostInterface(end.Name, index, end.Mac, options.MtuBytes, [parsed]);
        host.Add(device);
        return device;
    }

    // An interface with a shorter MTU has no IPv6, and no settings of it (RFC 8200, section 5).
    private static bool HasIPv6(Host host, WireOptions options) => options.MtuBytes >= LeastIPv6MtuBytes && host.HasIPv6;

    private static void MakeKnown(Host a, HostInterface nearA, Host b, HostInterface nearB, WireOptions options)
    {
        if (options.ResolvesNeighbors)
            return;
        a.AddNeighbor(nearA, nearB.Addresses[0].Address, nearB.Mac);
        b.AddNeighbor(nearB, nearA.Addresses[0].Address, nearA.Mac);
    }

    private NetworkWire Wire(string a, string hubA, string b, string hubB, WireOptions options)
    {
        PacketSocket? portA = null;
        PacketSocket? portB = null;
        try
        {
            portA = Open(hubA, options);
            portB = Open(hubB, options);
            return new NetworkWire(a, b, portA, portB, options);
        }
        catch
        {
            portA?.Dispose();
            portB?.Dispose();
            throw;
        }
    }

    private PacketSocket Open(string hubName, WireOptions options)
    {
        int index = _hub.Routes.IndexOf(hubName);
        return _hub.Run(() => PacketSocket.Open(index, options));
    }
}
