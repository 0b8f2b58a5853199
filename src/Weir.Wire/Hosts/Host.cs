using System.Net;
using Weir.Sockets;
using Weir.Wire.Netlink;
using static Weir.Linux.Uapi;

namespace Weir.Wire;

/// <summary>
/// A machine of its own as far as the network is concerned: interfaces, addresses, routes, sockets, sysctls and counters. It is a network
/// namespace (network_namespaces(7)) that only one thread of this process is in; sockets made there are used from anywhere.
/// </summary>
public sealed partial class Host
{
    private readonly NamespaceThread _thread;
    private readonly RouteSocket _routes;
    private readonly Lock _lock = new();
    private readonly List<HostInterface> _interfaces = [];
    private int _nextInterface;

    internal Host(string name)
    {
        Name = name;
        _thread = new NamespaceThread(name);
        try
        {
            _routes = _thread.Run(static () => new RouteSocket());
            _routes.Request(RouteRequests.BringUp("lo", _routes.IndexOf("lo")));
        }
        catch
        {
            _routes?.Dispose();
            _thread.Dispose();
            throw;
        }
    }

    public string Name { get; }

    /// <summary>The inode of the namespace, as <c>ls -l /proc/PID/ns/net</c> shows it.</summary>
    public ulong NamespaceInode => _thread.Inode;

    /// <summary>Without lo.</summary>
    public IReadOnlyList<HostInterface> Interfaces
    {
        get
        {
            lock (_lock)
                return [.. _interfaces];
        }
    }

    /// <summary>The first address that it was given; most hosts have one.</summary>
    /// <exception cref="InvalidOperationException">It has no address yet.</exception>
    public IPAddress Address => Interfaces.SelectMany(device => device.Addresses).FirstOrDefault()?.Address
        ?? throw new InvalidOperationException($"Host {Name} has no address; connect it first.");

    internal int ThreadId => _thread.ThreadId;

    /// <summary>Which host it is, for those who saw it make a call: networks may have hosts of the same name.</summary>
    internal NamespaceThread Thread => _thread;

    internal RouteSocket Routes => _routes;

    internal Linux.SafeFd Namespace => _thread.Namespace;

    /// <summary>
    /// Makes a synchronous call inside the host and waits for it. The call must start nothing: no task, timer, thread or asynchronous
    /// operation, which would be born inside the host and stay there. To wait without blocking, wait on the pool: <c>Task.Run(() => host.Run(…))</c>.
    /// Calls are made one after the other: one that waits, such as a blocking accept, holds up every other of this host, and the end of the
    /// network. Make the socket here and wait on it elsewhere.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The network is gone.</exception>
    public T Run<T>(Func<T> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return _thread.Run(call);
    }

    /// <inheritdoc cref="Run{T}"/>
    public void Run(Action call)
    {
        ArgumentNullException.ThrowIfNull(call);
        _thread.Run(call);
    }

    /// <summary>socket(2) inside the host; the socket is used from any thread.</summary>
    /// <param name="family">AF_INET, AF_INET6, AF_UNIX.</param>
    /// <param name="type">SOCK_STREAM, SOCK_DGRAM.</param>
    /// <param name="blocking">Whether calls wait in the kernel.</param>
    public KernelSocket Socket(int family, int type, bool blocking = false) => _thread.Run(() => KernelSocket.Create(family, type, blocking));

    /// <summary>A TCP socket that listens on a port of every address of the host's first address's family.</summary>
    /// <param name="port">0 lets the kernel choose.</param>
    /// <param name="backlog">Connections that may wait for accept.</param>
    /// <param name="blocking">Whether accept waits.</param>
    /// <exception cref="SocketCallException">EADDRINUSE and so on.</exception>
    public KernelSocket Listen(int port, int backlog = 16, bool blocking = false)
    {
        bool isIPv6 = Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        KernelSocket listener = Socket(isIPv6 ? AF_INET6 : AF_INET, SOCK_STREAM, blocking);
        try
        {
            listener.Bind(KernelAddress.FromIPAddress(isIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port));
            listener.Listen(backlog);
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>A TCP socket that has begun to connect (EINPROGRESS); <see cref="KernelSocket.WaitFor"/> and <see cref="KernelSocket.TakeError"/> tell the outcome.</summary>
    public KernelSocket BeginConnect(IPAddress address, int port)
    {
        ArgumentNullException.ThrowIfNull(address);
        bool isIPv6 = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        KernelSocket socket = Socket(isIPv6 ? AF_INET6 : AF_INET, SOCK_STREAM);
        Linux.SysResult begun = socket.Connect(KernelAddress.FromIPAddress(address, port));
        if (begun.IsOk || begun.Errno is Linux.Errno.EINPROGRESS)
            return socket;
        socket.Dispose();
        throw new SocketCallException("connect", begun.Errno, $"tcp://{new IPEndPoint(address, port)}");
    }

    public override string ToString() => $"host {Name}";

    internal void Add(HostInterface device)
    {
        lock (_lock)
            _interfaces.Add(device);
    }

    /// <summary>Takes an interface away that was never in use; it may be that it was not even made.</summary>
    internal void Remove(string interfaceName)
    {
        try
        {
            _routes.Request(RouteRequests.Delete(interfaceName, _routes.IndexOf(interfaceName)));
        }
        catch (NetlinkException missing) when (missing.Errno is Linux.Errno.ENODEV)
        {
            // What failed was making it.
        }

        lock (_lock)
        {
            _interfaces.RemoveAll(device => device.Name == interfaceName);
            if (interfaceName == $"eth{_nextInterface - 1}")
                _nextInterface--;
        }
    }

    internal string NextInterfaceName()
    {
        lock (_lock)
            return $"eth{_nextInterface++}";
    }

    /// <summary>Everything that runs inside ends, and then the host.</summary>
    internal void Close()
    {
        EndProcesses();
        _routes.Dispose();
        _thread.Dispose();
    }
}
