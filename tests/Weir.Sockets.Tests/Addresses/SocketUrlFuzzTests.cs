using System.Diagnostics;
using System.Text;
using Weir.Testing;
using Xunit;

namespace Weir.Sockets.Tests.Addresses;

/// <summary>Whatever the text is, parsing ends soon and with a URL or a position in the text.</summary>
public sealed class SocketUrlFuzzTests
{
    private const int Inputs = 200_000;

    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    private static readonly string[] s_valid =
    [
        "tcp://127.0.0.1:http", "tcp4://:3110", "tcp6://[2001:db8::1]:3110", "udp://:3110", "tcp://[fe80::1%eth0]:80",
        "unix:///tmp/sys.sock?mode=0660", "unixgram://@name%00x", "unixpacket:///tmp/sys.sock?backlog=5", "fd://3?nodelay=on",
        "tcp://:3110?reuseport=on&backlog=512&rcvbuf=64k&linger=off&keepidle=30", "tcp://www.example.org:https?usertimeout=3000",
    ];

    private static readonly string[] s_pieces =
    [
        "://", ":", "/", "@", "?", "&", "=", "#", "%", "%41", "%zz", "%00", "[", "]", "::1", "127.0.0.1", "99999", "-1", "on", "backlog",
        "nodelay", "tcp", "unix", "é", "\u202E", "\uD800", "\uDC00", "\U0001F30A", "\0", "\n",
        " ", "..", "0x", "00", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ];

    [Fact]
    public void TryParse_AnyText_GivesAUrlOrAPositionInIt()
    {
        var random = new Random(TestSeed.Value);
        long start = Stopwatch.GetTimestamp();
        int parsed = 0;
        for (int i = 0; i < Inputs; i++)
        {
            string text = i % 4 == 0 ? RandomText(random) : Mutate(random, s_valid[random.Next(s_valid.Length)]);
            if (CheckOne(text, inputNumber: i)) parsed++;
        }

        Assert.InRange(parsed, 1, Inputs - 1);
        Assert.True(Stopwatch.GetElapsedTime(start) < s_deadline, $"took {Stopwatch.GetElapsedTime(start)}; {TestSeed.Replay}");
    }

    [Theory]
    [InlineData("tcp://", "a.")]
    [InlineData("tcp://", ":")]
    [InlineData("unix:///", "%41")]
    [InlineData("tcp://:80?", "nodelay=on&")]
    [InlineData("tcp://:", "9")]
    public void TryParse_AMegabyte_EndsSoon(string beginning, string repeated)
    {
        string text = new StringBuilder(beginning).Insert(beginning.Length, repeated, 1_000_000 / repeated.Length).ToString();
        long start = Stopwatch.GetTimestamp();

        Assert.False(CheckOne(text, inputNumber: 0));
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10));
    }

    private static bool CheckOne(string text, int inputNumber)
    {
        try
        {
            bool parsed = SocketUrl.TryParse(text, out SocketUrl? url, out SocketUrlException? error);
            if (parsed) Assert.Equal(url, SocketUrl.Parse(url!.ToString()));
            else AssertDescribesItself(text, error!);
            return parsed;
        }
        catch (Exception e)
        {
            string escaped = string.Concat(text.Take(500).Select(c => c is >= ' ' and < '\x7F' ? $"{c}" : $"\\u{(int)c:X4}"));
            throw new InvalidOperationException($"input {inputNumber} \"{escaped}\": {e.Message}; {TestSeed.Replay}", e);
        }
    }

    private static void AssertDescribesItself(string text, SocketUrlException error)
    {
        Assert.Equal(text, error.Text);
        Assert.InRange(error.Position, 0, text.Length);
        Assert.DoesNotContain('\n', error.Message);
        string[] picture = error.ToPicture().Split('\n');
        Assert.Equal(2, picture.Length);
        Assert.InRange(picture[1].IndexOf('^'), 0, picture[0].Length);
    }

    private static string RandomText(Random random)
    {
        var text = new StringBuilder();
        for (int count = random.Next(12); count > 0; count--) text.Append(RandomPiece(random));
        return text.ToString();
    }

    private static string RandomPiece(Random random) => random.Next(3) switch
    {
        0 => ((char)random.Next(0x20, 0x7F)).ToString(),
        1 => ((char)random.Next(0x10000)).ToString(),
        _ => s_pieces[random.Next(s_pieces.Length)],
    };

    private static string Mutate(Random random, string valid)
    {
        var text = new StringBuilder(valid);
        for (int count = 1 + random.Next(3); count > 0; count--)
        {
            int at = random.Next(text.Length + 1);
            int length = Math.Min(random.Next(4), text.Length - at);
            switch (random.Next(4))
            {
                case 0: text.Remove(at, length); break;
                case 1: text.Insert(at, RandomPiece(random)); break;
                case 2: text.Remove(at, length).Insert(at, RandomPiece(random)); break;
                default: text.Insert(at, text.ToString(at, length)); break;
            }
        }

        return text.ToString();
    }
}
