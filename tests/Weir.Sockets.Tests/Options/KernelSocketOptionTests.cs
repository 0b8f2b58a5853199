using Weir.Linux;
using Xunit;

namespace Weir.Sockets.Tests.Options;

/// <summary>The table against the running kernel: what a row says of reading and setting holds on each kind of socket it names.</summary>
public sealed class KernelSocketOptionTests
{
    // Two values each, in the text of a query and as the kernel gives them back; the second undoes the first.
    private static readonly Dictionary<string, (string Set, string Read)[]> s_values = new(StringComparer.Ordinal)
    {
        // The kernel doubles what is asked for, to have room for its own overhead (socket(7)).
        ["sndbuf"] = [("32k", "64k"), ("16k", "32k")],
        ["rcvbuf"] = [("32k", "64k"), ("16k", "32k")],

        // The kernel counts in retransmissions of the SYN-ACK, after 1, 2, 4… seconds, and rounds up (tcp(7)).
        ["defer_accept"] = [("5", "7"), ("0", "0")],
        ["linger"] = [("5", "5"), ("0", "0"), ("off", "off")],
        ["keepidle"] = [("17", "17"), ("32767", "32767")],
        ["keepintvl"] = [("17", "17"), ("32767", "32767")],
        ["keepcnt"] = [("3", "3"), ("127", "127")],
        ["segment"] = [("1400", "1400"), ("0", "0")],
        ["multicast_ttl"] = [("32", "32"), ("0", "0")],
        ["v6multicast_hops"] = [("32", "32"), ("-1", "1")],
        ["usertimeout"] = [("1500", "1500"), ("0", "0")],
    };

    private static readonly (string Set, string Read)[] s_flag = [("on", "on"), ("off", "off")];

    public static TheoryData<SocketScheme> Streams => Loopback.Streams;

    public static TheoryData<string, SocketScheme> Readable => Rows(option => option.IsReadable);

    public static TheoryData<string, SocketScheme> Writable => Rows(option => option.IsWritable);

    [Theory]
    [MemberData(nameof(Readable))]
    public void AReadableOption_CanBeRead(string name, SocketScheme scheme)
    {
        using KernelSocket socket = Loopback.Create(scheme);

        Assert.NotEqual("", Read(socket, SocketOptions.Find(name)!));
    }

    [Theory]
    [MemberData(nameof(Writable))]
    public void AWritableOption_CanBeSetAndReadBack(string name, SocketScheme scheme)
    {
        SocketOption option = SocketOptions.Find(name)!;
        using KernelSocket socket = Loopback.Create(scheme);

        foreach ((string set, string read) in s_values.GetValueOrDefault(name, s_flag))
        {
            socket.Set(Assert.IsType<SocketOptionSetting>(SocketOptionSetting.TryCreate(option, set)));

            Assert.Equal((set, read), (set, Read(socket, option)));
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void AnOptionForLife_IsTakenByAConnection(SocketScheme scheme)
    {
        (KernelSocket client, KernelSocket server) = Loopback.Connect(scheme);
        using (client)
        using (server)
        {
            foreach (SocketOption option in SocketOptions.All.Where(IsForLife))
            {
                string value = s_values.GetValueOrDefault(option.Name, s_flag)[0].Set;
                server.Set(Assert.IsType<SocketOptionSetting>(SocketOptionSetting.TryCreate(option, value)));
            }
        }

        bool IsForLife(SocketOption option) =>
            option.WritableUntil == SocketOptionDeadline.Close && Has(option, scheme) && !option.IsListenerParameter;
    }

    [Fact]
    public void TypedValues_GoBothWays()
    {
        using KernelSocket socket = Loopback.Create(SocketScheme.Tcp4);

        socket.Set(SocketOptions.Linger, LingerTime.Of(7));
        socket.Set(SocketOptions.KeepAlive, true);
        Assert.Ok(socket.TrySet(SocketOptions.UserTimeoutMs, 1234));

        Assert.Equal(LingerTime.Of(7), socket.Get(SocketOptions.Linger));
        Assert.True(socket.Get(SocketOptions.KeepAlive));
        Assert.Equal(1234, socket.Get(SocketOptions.UserTimeoutMs));
        Assert.Equal(Errno.None, socket.Get(SocketOptions.Error));
    }

    [Fact]
    public void AnOptionThatTheKernelDoesNotKnow_IsEnoprotoopt()
    {
        SocketOption<int> unknown = NoSuchOption();
        using KernelSocket socket = Loopback.Create(SocketScheme.Tcp4);

        Assert.Failed(Errno.ENOPROTOOPT, socket.TrySet(unknown, 1));
        Assert.Equal(
            "setsockopt SO_NOSUCH: ENOPROTOOPT; this kernel or this kind of socket does not know it",
            Assert.Fails("setsockopt SO_NOSUCH", Errno.ENOPROTOOPT, () => socket.Set(unknown, 1)).Message);
        Assert.Fails("getsockopt SO_NOSUCH", Errno.ENOPROTOOPT, () => socket.Get(unknown));
    }

    [Theory]
    [InlineData(SocketScheme.Udp4, Errno.ENOPROTOOPT, Errno.EOPNOTSUPP)]
    [InlineData(SocketScheme.Unix, Errno.EOPNOTSUPP, Errno.EOPNOTSUPP)]
    public void AnOptionOfAnotherProtocol_IsRefused(SocketScheme scheme, Errno setting, Errno getting)
    {
        using KernelSocket socket = Loopback.Create(scheme);

        Assert.Failed(setting, socket.TrySet(SocketOptions.NoDelay, true));
        Assert.Fails("getsockopt TCP_NODELAY", getting, () => socket.Get(SocketOptions.NoDelay));
    }

    [Fact]
    public void AValueThatTheKernelRefuses_IsEinval()
    {
        using KernelSocket socket = Loopback.Create(SocketScheme.Tcp4);

        Assert.Fails("setsockopt TCP_KEEPCNT", Errno.EINVAL, () => socket.Set(SocketOptions.KeepAliveProbes, 128));
    }

    [Fact]
    public void AParameterOfListening_IsNoOptionOfASocket()
    {
        using KernelSocket socket = Loopback.Create(SocketScheme.Tcp4);

        Assert.Throws<ArgumentException>("option", () => socket.Set(SocketOptions.Backlog, 5));
        Assert.Throws<ArgumentException>("option", () => socket.TrySet(SocketOptions.Backlog, 5));
        Assert.Throws<ArgumentException>("option", () => socket.Get(SocketOptions.Backlog));
    }

    private static TheoryData<string, SocketScheme> Rows(Func<SocketOption, bool> condition)
    {
        TheoryData<string, SocketScheme> rows = [];
        foreach (SocketOption option in SocketOptions.All.Where(option => !option.IsListenerParameter && condition(option)))
        {
            foreach (SocketScheme scheme in Loopback.Schemes.Where(scheme => Has(option, scheme)))
                rows.Add(option.Name, scheme);
        }

        return rows;
    }

    // tcp and udp take both families: what is of IPv6 is tried on tcp6 and udp6.
    private static bool Has(SocketOption option, SocketScheme scheme) =>
        option.AppliesTo.Includes(scheme) && (option.Level != OptionLevel.IPv6 || Loopback.Family(scheme) == Uapi.AF_INET6);

    private static string Read(KernelSocket socket, SocketOption option)
    {
        Span<byte> value = stackalloc byte[option.SizeBytes];
        Assert.Ok(Sys.GetSockOpt(socket.Fd.Number, (int)option.Level, option.Number, value, out int length), option.Name);
        Assert.Equal(option.SizeBytes, length);
        return option.Format(value[..length]);
    }

    private static SocketOption<int> NoSuchOption() => new(new IntCodec(0, 1))
    {
        Name = "nosuch",
        KernelName = "SO_NOSUCH",
        Level = OptionLevel.Socket,
        Number = 0x7fff,
        Summary = "an option that no kernel has",
        ManPage = "socket(7)",
        FirstKernel = new(2, 0),
        AppliesTo = SocketSchemes.All,
    };
}
