using System.Net.Sockets;
using System.Reflection;
using System.Text.RegularExpressions;
using Weir.Linux;
using Xunit;

namespace Weir.Sockets.Tests.Options;

public sealed partial class SocketOptionsTableTests
{
    public static TheoryData<string> Names => [.. SocketOptions.All.Select(option => option.Name)];

    [Fact]
    public void Names_AreUniqueAndFindTheirOption()
    {
        Assert.Equal(SocketOptions.All.Count, SocketOptions.All.Select(option => option.Name).Distinct().Count());
        Assert.All(SocketOptions.All, option => Assert.Same(option, SocketOptions.Find(option.Name)));
        Assert.Null(SocketOptions.Find("RCVBUF"));
        Assert.Null(SocketOptions.Find(""));
    }

    [Fact]
    public void LevelsAndNumbers_AreUnique()
    {
        var numbers = SocketOptions.All.Where(option => !option.IsListenerParameter)
            .Select(option => (option.Level, option.Number))
            .ToList();

        Assert.Equal(numbers.Count, numbers.Distinct().Count());
    }

    [Fact]
    public void All_HasEveryProperty()
    {
        int properties = typeof(SocketOptions).GetProperties().Count(property => property.Name != nameof(SocketOptions.All));

        Assert.Equal(properties, SocketOptions.All.Count);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Option_DescribesItself(string name)
    {
        SocketOption option = SocketOptions.Find(name)!;

        Assert.Matches(NamePattern(), option.Name);
        Assert.Matches(ManPagePattern(), option.ManPage);
        Assert.InRange(option.Summary.Length, 10, 100);
        Assert.False(option.Summary.EndsWith('.') || char.IsUpper(option.Summary[0]), "a summary is a clause");
        Assert.True(option.FirstKernel >= new Version(2, 0));
        Assert.InRange(option.SizeBytes, 1, 256);
        Assert.NotEqual(SocketSchemes.None, option.AppliesTo);
        Assert.Equal(option.IsWritable, option.WritableUntil != SocketOptionDeadline.Never);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Option_HasTheKernelsNumberUnderTheKernelsName(string name)
    {
        SocketOption option = SocketOptions.Find(name)!;
        if (option.IsListenerParameter)
        {
            Assert.Equal((null, -1), (option.KernelName, option.Number));
            return;
        }

        FieldInfo? constant = typeof(Uapi).GetField(option.KernelName!);
        Assert.Equal(constant?.GetRawConstantValue(), option.Number);
        string prefix = option.Level == OptionLevel.Socket ? "SO" : option.Level.ToString().ToUpperInvariant();
        Assert.StartsWith($"{prefix}_", option.KernelName, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Option_OfAFreshSocket_IsReadAndFormatted(string name)
    {
        SocketOption option = SocketOptions.Find(name)!;
        if (!option.IsReadable) return;
        if (option.Level == OptionLevel.IPv6 && !Socket.OSSupportsIPv6) return;
        using Socket socket = NewSocketThatKnows(option);
        Span<byte> value = stackalloc byte[option.SizeBytes];

        int length = socket.GetRawSocketOption((int)option.Level, option.Number, value);

        Assert.Equal(option.SizeBytes, length);
        Assert.NotEqual("", option.Format(value));
    }

    private static Socket NewSocketThatKnows(SocketOption option)
    {
        AddressFamily ip = option.Level == OptionLevel.IPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        if (option.AppliesTo.Includes(SocketScheme.Tcp)) return new(ip, SocketType.Stream, ProtocolType.Tcp);
        return option.AppliesTo.Includes(SocketScheme.Udp)
            ? new(ip, SocketType.Dgram, ProtocolType.Udp)
            : new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    }

    [GeneratedRegex("^[a-z][a-z0-9_]*$", RegexOptions.None, 1000)]
    private static partial Regex NamePattern();

    [GeneratedRegex("^[a-z0-9_]+\\([2-8]\\)$", RegexOptions.None, 1000)]
    private static partial Regex ManPagePattern();
}
