using Weir.Sockets;
using Weir.Testing;
using static Weir.Linux.Uapi;

namespace Weir.Wire.Tests.Scripting;

/// <summary>A host, and a scripted peer at the other end of its only wire.</summary>
internal sealed class Scripted : IAsyncDisposable
{
    private Scripted(HostNetwork network, Host host, ScriptedEndpoint peer)
    {
        Network = network;
        Host = host;
        Peer = peer;
    }

    public HostNetwork Network { get; }

    public Host Host { get; }

    public ScriptedEndpoint Peer { get; }

    public static Scripted Create(ScriptedEndpointOptions? options = null, bool ipv6 = false)
    {
        var network = HostNetwork.Create();
        Host host = network.AddHost("host");
        (string here, string there) = ipv6 ? ("fd00::1/64", "fd00::2/64") : ("10.0.0.1/24", "10.0.0.2/24");
        return new Scripted(network, host, network.AddScriptedEndpoint(host, here, there, options));
    }

    /// <summary>The host sends nothing again of its own accord, however long the script takes: no tail probe, and time-outs far away.</summary>
    public Scripted Patient()
    {
        Host.SetSysctl("net.ipv4.tcp_early_retrans", "0");
        try
        {
            Host.SetSysctl("net.ipv4.tcp_rto_min_us", "5000000");
        }
        catch (SysctlException)
        {
            // Kernels have it since 6.11.
        }

        return this;
    }

    /// <summary>The host connects, and the peer lets it.</summary>
    public KernelSocket Connect(ushort window = 64_000, SegmentOptions? options = null)
    {
        KernelSocket socket = Host.BeginConnect(Peer.Address, Peer.Port);
        Peer.ExpectSyn().SendSynAck(window, options).ExpectAck(acknowledgment: 1);
        Xunit.Assert.True(socket.WaitFor(POLLOUT, Deadline.Generous));
        return socket;
    }

    public static Task InState(KernelSocket socket, TcpState state) => Eventually.True(() => socket.Info?.State == state, text: $"state {state}");

    public ValueTask DisposeAsync() => Network.DisposeAsync();
}
