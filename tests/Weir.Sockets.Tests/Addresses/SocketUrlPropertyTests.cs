using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Weir.Testing;
using Xunit;

namespace Weir.Sockets.Tests.Addresses;

/// <summary>What is built from random parts prints as text that parses to the same again.</summary>
public sealed class SocketUrlPropertyTests
{
    private static readonly SocketScheme[] s_ipSchemes =
        [SocketScheme.Tcp, SocketScheme.Tcp4, SocketScheme.Tcp6, SocketScheme.Udp, SocketScheme.Udp4, SocketScheme.Udp6];

    private static readonly string[] s_runes =
        ["a", "Z", "0", "/", "-", ".", " ", "?", "#", "%", "&", "=", "@", "\\", "é", "\U0001F30A", "\u202E", "\n"];

    [Fact]
    public void IPUrl_PrintedAndParsed_IsEqualAndPrintsTheSame() => TestSeed.ForAll(IPUrls(), AssertRoundTrips);

    [Fact]
    public void UnixUrl_PrintedAndParsed_IsEqualAndPrintsTheSame() => TestSeed.ForAll(UnixUrls(), AssertRoundTrips);

    [Fact]
    public void UrlWithOptions_PrintedAndParsed_IsEqualAndPrintsTheSame() => TestSeed.ForAll(UrlsWithOptions(), AssertRoundTrips);

    [Fact]
    public void UnixPath_AnyText_ComesBackAsItWas() => TestSeed.ForAll(
        Names().Select(name => $"/{name}"), path => Assert.Equal(path, SocketUrl.Parse(SocketUrl.Unix(path).ToString()).Path));

    [Fact]
    public void AbstractName_AnyBytes_ComesBackAsItWas() => TestSeed.ForAll(Bytes(), bytes =>
    {
        KernelAddress address = KernelAddress.FromAbstractName(bytes);
        SocketUrl url = SocketUrl.Parse(address.ToUrl(SocketScheme.Unix).ToString());

        Assert.Equal(bytes, url.UnixNameBytes.ToArray());
    });

    internal static Gen<byte[]> Bytes() =>
        from length in Gen.Choose(1, KernelAddress.MaxUnixNameBytes)
        from bytes in Gen.Choose(0, 255).ArrayOf(length)
        select bytes.Select(value => (byte)value).ToArray();

    internal static Gen<IPAddress> IPv4Addresses() =>
        Gen.Choose(0, 255).ArrayOf(4).Select(bytes => new IPAddress(bytes.Select(value => (byte)value).ToArray()));

    internal static Gen<IPAddress> IPv6Addresses() =>
        from bytes in Gen.Frequency((2, Gen.Choose(0, 255)), (3, Gen.Constant(0))).ArrayOf(16)
        from scope in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(1, int.MaxValue)))
        select new IPAddress(bytes.Select(value => (byte)value).ToArray(), scope);

    private static Gen<string> Names() =>
        from count in Gen.Choose(1, 26)
        from runes in Gen.Elements(s_runes).ArrayOf(count)
        select string.Concat(runes);

    private static Gen<string> HostNames() =>
        from labels in Gen.Choose(1, 3).SelectMany(count => Gen.Elements("www", "a", "x-1", "Example", "k_v", "n0").ArrayOf(count))
        select string.Join('.', labels);

    private static Gen<string> Hosts(SocketScheme scheme)
    {
        List<Gen<string>> kinds = [Gen.Constant(""), HostNames()];
        if (scheme.AllowsIPv4()) kinds.Add(IPv4Addresses().Select(address => address.ToString()));
        if (scheme.AllowsIPv6()) kinds.Add(IPv6Addresses().Select(address => address.ToString()));
        if (scheme.AllowsIPv6()) kinds.Add(Gen.Elements("fe80::1%eth0", "ff02::1%br-lan.5", "fe80::1%lo"));
        return Gen.OneOf(kinds);
    }

    private static Gen<SocketUrl> IPUrls() =>
        from scheme in Gen.Elements(s_ipSchemes)
        from host in Hosts(scheme)
        from port in Gen.Choose(0, 65_535)
        select Build(scheme, host, port);

    private static Gen<SocketUrl> UnixUrls() =>
        from kind in Gen.Choose(0, 2)
        from prefix in Gen.Elements("/", "@")
        from name in Names()
        select kind switch
        {
            0 => SocketUrl.Unix(prefix + name),
            1 => SocketUrl.UnixGram(prefix + name),
            _ => SocketUrl.UnixPacket(prefix + name),
        };

    private static Gen<SocketUrl> UrlsWithOptions() =>
        from url in Gen.OneOf(IPUrls(), UnixUrls(), Gen.Choose(0, 1000).Select(SocketUrl.Fd))
        from flags in Gen.Elements(true, false).ArrayOf(6)
        from number in Gen.Choose(1, 32_767)
        select AddOptions(url, flags, number);

    private static SocketUrl AddOptions(SocketUrl url, bool[] flags, int number)
    {
        SocketUrl result = url;
        if (flags[0] && Applies(SocketOptions.ReusePort)) result = result.With(SocketOptions.ReusePort, flags[1]);
        if (flags[1] && Applies(SocketOptions.Backlog)) result = result.With(SocketOptions.Backlog, number);
        if (flags[2]) result = result.With(SocketOptions.SendBufferBytes, number << (number % 16));
        LingerTime linger = flags[4] ? LingerTime.Of(number) : LingerTime.Off;
        if (flags[3] && Applies(SocketOptions.Linger)) result = result.With(SocketOptions.Linger, linger);
        if (flags[4] && Applies(SocketOptions.Mode)) result = result.With(SocketOptions.Mode, (UnixFileMode)(number & 0x1FF));
        if (flags[5] && Applies(SocketOptions.KeepAliveIdleSeconds)) result = result.With(SocketOptions.KeepAliveIdleSeconds, number);
        return result;

        bool Applies(SocketOption option) => option.AppliesTo.Includes(url.Scheme);
    }

    private static SocketUrl Build(SocketScheme scheme, string host, int port) => scheme switch
    {
        SocketScheme.Tcp => SocketUrl.Tcp(host, port),
        SocketScheme.Tcp4 => SocketUrl.Tcp4(host, port),
        SocketScheme.Tcp6 => SocketUrl.Tcp6(host, port),
        SocketScheme.Udp => SocketUrl.Udp(host, port),
        SocketScheme.Udp4 => SocketUrl.Udp4(host, port),
        _ => SocketUrl.Udp6(host, port),
    };

    private static void AssertRoundTrips(SocketUrl url)
    {
        string text = url.ToString();
        SocketUrl parsed = SocketUrl.Parse(text);

        Assert.Equal(url, parsed);
        Assert.Equal(url.GetHashCode(), parsed.GetHashCode());
        Assert.Equal(text, parsed.ToString());
        Assert.Equal(text, SocketUrlWriter.Write(parsed.Parts));
        Assert.DoesNotContain(text, character => char.IsControl(character) || char.IsWhiteSpace(character));
    }
}
