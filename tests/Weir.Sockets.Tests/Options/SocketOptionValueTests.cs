using System.Net.Sockets;
using FsCheck.Fluent;
using Weir.Linux;
using Weir.Testing;
using Xunit;

namespace Weir.Sockets.Tests.Options;

public sealed class SocketOptionValueTests
{
    [Theory]
    [InlineData("nodelay", "on", "on")]
    [InlineData("nodelay", "true", "on")]
    [InlineData("nodelay", "1", "on")]
    [InlineData("nodelay", "off", "off")]
    [InlineData("nodelay", "false", "off")]
    [InlineData("nodelay", "0", "off")]
    [InlineData("rcvbuf", "1000", "1000")]
    [InlineData("rcvbuf", "65536", "64k")]
    [InlineData("rcvbuf", "64K", "64k")]
    [InlineData("sndbuf", "4m", "4M")]
    [InlineData("sndbuf", "1G", "1G")]
    [InlineData("sndbuf", "2147483647", "2147483647")]
    [InlineData("keepidle", "030", "30")]
    [InlineData("linger", "off", "off")]
    [InlineData("linger", "0", "0")]
    [InlineData("linger", "15", "15")]
    [InlineData("usertimeout", "0", "0")]
    [InlineData("backlog", "512", "512")]
    [InlineData("mode", "0660", "0660")]
    [InlineData("mode", "660", "0660")]
    [InlineData("mode", "0007", "0007")]
    [InlineData("type", "seqpacket", "seqpacket")]
    [InlineData("type", "77", "77")]
    [InlineData("error", "ECONNREFUSED", "ECONNREFUSED")]
    public void TryParse_ThenFormat_IsCanonical(string name, string text, string canonical)
    {
        var setting = SocketOptionSetting.TryCreate(SocketOptions.Find(name)!, text);

        Assert.Equal(canonical, setting?.ValueText);
        Assert.Equal($"{name}={canonical}", setting?.ToString());
    }

    [Theory]
    [InlineData("nodelay", "On")]
    [InlineData("nodelay", "2")]
    [InlineData("rcvbuf", "")]
    [InlineData("rcvbuf", "k")]
    [InlineData("rcvbuf", "-1")]
    [InlineData("rcvbuf", "0")]
    [InlineData("rcvbuf", "2G")]
    [InlineData("rcvbuf", "1.5k")]
    [InlineData("rcvbuf", "1kk")]
    [InlineData("rcvbuf", " 1")]
    [InlineData("keepcnt", "128")]
    [InlineData("keepcnt", "+5")]
    [InlineData("keepcnt", "")]
    [InlineData("linger", "on")]
    [InlineData("linger", "2147483648")]
    [InlineData("mode", "66")]
    [InlineData("mode", "00660")]
    [InlineData("mode", "0779")]
    [InlineData("peercred", "pid=1")]
    public void TryParse_WrongText_IsRefused(string name, string text) =>
        Assert.Null(SocketOptionSetting.TryCreate(SocketOptions.Find(name)!, text));

    [Fact]
    public void Encode_HasTheKernelsLayout()
    {
        Assert.Equal([1, 0, 0, 0], Encoded(SocketOptions.NoDelay, true));
        Assert.Equal([0, 0, 1, 0], Encoded(SocketOptions.SendBufferBytes, 65_536));
        Assert.Equal([1, 0, 0, 0, 5, 0, 0, 0], Encoded(SocketOptions.Linger, LingerTime.Of(5)));
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0], Encoded(SocketOptions.Linger, LingerTime.Off));
        Assert.Equal([0xB0, 1, 0, 0], Encoded(SocketOptions.Mode, (UnixFileMode)0x1B0));
    }

    [Fact]
    public void Decode_ReadsWhatTheKernelGives()
    {
        Assert.Equal(new ProcessCredentials(7, 8, 9), SocketOptions.PeerCredentials.Decode([7, 0, 0, 0, 8, 0, 0, 0, 9, 0, 0, 0]));
        Assert.Equal("pid=7 uid=8 gid=9", SocketOptions.PeerCredentials.Format(new ProcessCredentials(7, 8, 9)));
        Assert.Equal(Errno.ECONNREFUSED, SocketOptions.Error.Decode([111, 0, 0, 0]));
        Assert.Equal(LingerTime.Off, SocketOptions.Linger.Decode([0, 0, 0, 0, 9, 0, 0, 0]));
        Assert.True(SocketOptions.NoDelay.Decode([2, 0, 0, 0]));
        Assert.True(SocketOptions.NoDelay.Decode([1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => SocketOptions.KeepAliveProbes.Decode([1, 0]));
    }

    [Fact]
    public void EncodedBytes_ReachTheKernelAndComeBack()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        AssertSetAndGet(socket, SocketOptions.NoDelay, true);
        AssertSetAndGet(socket, SocketOptions.KeepAliveIdleSeconds, 32_767);
        AssertSetAndGet(socket, SocketOptions.KeepAliveProbes, 127);
        AssertSetAndGet(socket, SocketOptions.UserTimeoutMs, int.MaxValue);
        AssertSetAndGet(socket, SocketOptions.Linger, LingerTime.Of(3));
        AssertSetAndGet(socket, SocketOptions.ReusePort, true);
    }

    [Fact]
    public void Int_AnyValueInItsRange_IsParsedAsItWasFormatted() => TestSeed.ForAll(Gen.Choose(1, int.MaxValue), number =>
    {
        SocketOption<int> option = SocketOptions.ReceiveBufferBytes;

        Assert.True(option.TryParse(option.Format(number), out int parsed));
        Assert.Equal(number, parsed);
        Assert.Equal(number, option.Decode(Encoded(option, number)));
    });

    [Fact]
    public void EncodeAndDecode_AllocateNothing()
    {
        Work();
        long before = GC.GetAllocatedBytesForCurrentThread();

        bool worked = Work();

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.True(worked);

        static bool Work()
        {
            Span<byte> bytes = stackalloc byte[8];
            SocketOptions.Linger.Encode(LingerTime.Of(5), bytes);
            bool same = SocketOptions.Linger.Decode(bytes) == LingerTime.Of(5);
            SocketOptions.NoDelay.Encode(true, bytes);
            return same && SocketOptions.NoDelay.Decode(bytes) && SocketOptions.Find("nodelay".AsSpan()) == SocketOptions.NoDelay;
        }
    }

    private static byte[] Encoded<T>(SocketOption<T> option, T value)
        where T : notnull
    {
        byte[] bytes = new byte[option.SizeBytes];
        Assert.Equal(bytes.Length, option.Encode(value, bytes));
        return bytes;
    }

    private static void AssertSetAndGet<T>(Socket socket, SocketOption<T> option, T value)
        where T : notnull
    {
        socket.SetRawSocketOption((int)option.Level, option.Number, Encoded(option, value));
        byte[] bytes = new byte[option.SizeBytes];
        socket.GetRawSocketOption((int)option.Level, option.Number, bytes);
        Assert.Equal(value, option.Decode(bytes));
    }
}
