using System.Text;
using Weir.Collecting;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Collecting;

/// <summary>The file: whole records, rotation at their ends, reopening.</summary>
public sealed class FileSinkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<ServerEvent> _events = [];

    private string Log => _folder.File("log");

    [Fact]
    public async Task Records_AreAppended_AndOthersMayNotReadThem()
    {
        await File.WriteAllTextAsync(Log, "before\n");
        await WriteAsync(Sink(), "one\n", "two\n");

        Assert.Equal("before\none\ntwo\n", await File.ReadAllTextAsync(Log));

        await WriteAsync(Sink(path: _folder.File("new")), "x\n");
        UnixFileMode mode = File.GetUnixFileMode(_folder.File("new"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode & ~UnixFileMode.GroupRead);
    }

    [Fact]
    public async Task Rotation_IsAtTheEndOfARecord_AndKeepsTheNewest()
    {
        await WriteAsync(Sink(rotateBytes: 8, keep: 2), [.. Enumerable.Range(0, 10).Select(number => $"{number}ab\n")]);

        Assert.Equal("8ab\n9ab\n", await File.ReadAllTextAsync(Log));
        Assert.Equal("6ab\n7ab\n", await File.ReadAllTextAsync(Log + ".1"));
        Assert.Equal("4ab\n5ab\n", await File.ReadAllTextAsync(Log + ".2"));
        Assert.False(File.Exists(Log + ".3"));
    }

    [Fact]
    public async Task ARecordLongerThanAFile_HasOneToItself()
    {
        await WriteAsync(Sink(rotateBytes: 4, keep: 5), "ab\n", "longer than four\n", "cd\n");

        Assert.Equal(["cd\n", "longer than four\n", "ab\n"], Contents("", ".1", ".2"));
    }

    [Fact]
    public async Task Rotation_CountsWhatIsInTheFileAlready()
    {
        await File.WriteAllTextAsync(Log, "12345");
        await WriteAsync(Sink(rotateBytes: 8, keep: 5), "abc", "def");

        Assert.Equal(["def", "12345abc"], Contents("", ".1"));
    }

    [Fact]
    public async Task AGapInTheNumbers_MovesNothingBehindIt()
    {
        await File.WriteAllTextAsync(Log + ".1", "first");
        await File.WriteAllTextAsync(Log + ".3", "third");
        await WriteAsync(Sink(rotateBytes: 4, keep: 9), "abcd", "ef");

        Assert.Equal(["ef", "abcd", "first", "third"], Contents("", ".1", ".2", ".3"));
    }

    [Fact]
    public async Task AFileThatCannotMakeWay_GrowsOn_AndSaysSo()
    {
        // A directory that is not empty is not replaced.
        Directory.CreateDirectory(Path.Combine(Log + ".1", "full"));
        await WriteAsync(Sink(rotateBytes: 4, keep: 1), "abcd", "ef", "gh", "ij");

        Assert.Equal("abcdefgh", (await File.ReadAllTextAsync(Log))[..8]);
        Assert.Contains(_events, happening => happening.Kind == ServerEventKind.RotationFailed
            && happening.Message == $"rename {Log}: EISDIR; the file grows beyond its size");
    }

    [Fact]
    public async Task Reopen_FollowsThePath()
    {
        FileSink sink = Sink();
        sink.Open();
        await sink.WriteAsync(Batch("one\n"), default);
        File.Move(Log, Log + ".old");

        sink.AskToReopen();
        await sink.WriteAsync(Batch("two\n"), default);
        await sink.DisposeAsync();

        Assert.Equal(["two\n", "one\n"], Contents("", ".old"));
    }

    [Fact]
    public async Task Reopen_OfAPathThatIsGone_KeepsTheFile()
    {
        string inner = _folder.File("inner");
        Directory.CreateDirectory(inner);
        FileSink sink = Sink(path: Path.Combine(inner, "log"));
        sink.Open();
        Directory.Move(inner, inner + ".moved");

        sink.AskToReopen();
        await sink.WriteAsync(Batch("one\n"), default);
        await sink.DisposeAsync();

        Assert.Equal("one\n", await File.ReadAllTextAsync(Path.Combine(inner + ".moved", "log")));
        Assert.StartsWith($"open {inner}/log: ENOENT; its directory does not exist", Assert.Single(_events).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFullDevice_IsWaitedFor_AndSaidOnce()
    {
        FileSink sink = Sink(path: "/dev/full");
        sink.Open();
        using var givenUp = new CancellationTokenSource();

        Task writing = sink.WriteAsync(Batch("one\n"), givenUp.Token).AsTask();
        await Eventually.True(() => _events.Count > 0);
        await givenUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.InTime());
        Assert.Equal("write /dev/full: ENOSPC; 1 KiB wait until there is room, and reading pauses at 10 KiB", Assert.Single(_events).Message);
        await sink.DisposeAsync();
    }

    [Fact]
    public void Rotation_OfADevice_IsRefused() => Assert.Equal(
        "rotate /dev/null: it is no regular file; leave rotation out, or name a file",
        Assert.Throws<IOException>(() => Sink(path: "/dev/null", rotateBytes: 4).Open()).Message);

    [Theory]
    [InlineData("nowhere/log", "ENOENT; its directory does not exist; create it first")]
    [InlineData("", "EISDIR; it is a directory; name a file in it")]
    public void AFileThatCannotBeOpened_SaysWhy(string name, string reason)
    {
        string path = Path.Combine(_folder.Path, name);

        Assert.Equal($"open {path}: {reason}", Assert.Throws<IOException>(() => Sink(path).Open()).Message);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task WriteAsync(FileSink sink, params string[] records)
    {
        sink.Open();
        await sink.WriteAsync(Batch(records), default);
        await sink.FinishAsync(default);
        await sink.DisposeAsync();
    }

    private static RecordBatch Batch(params string[] records)
    {
        var batch = new RecordBatch(countsOctets: false);
        foreach (string record in records)
            batch.Add(Bytes.Of(record));
        return batch;
    }

    private string[] Contents(params string[] suffixes) => [.. suffixes.Select(suffix => File.ReadAllText(Log + suffix, Encoding.UTF8))];

    private FileSink Sink(string? path = null, long rotateBytes = 0, int keep = 10)
    {
        var notices = new SinkNotices(happening => { lock (_events) _events.Add(happening); }, static () => 4, limitBytes: 10 * 1024);
        return new FileSink(path ?? Log, rotateBytes > 0 ? new FileRotation(rotateBytes, keep) : null, notices);
    }
}
