using Weir.Testing;
using Xunit;
using Xunit.Sdk;

namespace Weir.EndToEnd.Transcripts;

/// <summary>The checker of transcripts, checked with documents of which some are wrong.</summary>
public sealed class TranscriptTests
{
    private static readonly string[] s_sample =
    [
        "# Sample", "",
        "```", "$ not a transcript", "```",
        "```console", "$ echo one \\", "    two", "one two", "$ true", "```",
        "<!-- transcript varies: 41235 /tmp/weir-x -->", "```console", "$ ./weir serve tcp://:41235 &", "listening", "```",
        "<!-- transcript is not run: it takes an hour -->", "```console", "$ ./weir bench", "```",
        "```console", "$ ./weir serve", "listening", "^C", "served", "```",
    ];

    [Fact]
    public void Blocks_AreFoundWithTheirCommandsAndLines()
    {
        Transcript[] found = [.. Transcript.In("a.md", s_sample)];

        Assert.Equal([6, 13, 21], found.Select(transcript => transcript.Line));
        Assert.Equal(["echo one two", "true"], found[0].Steps.Select(step => step.Command));
        Assert.Equal(["one two"], found[0].Steps[0].Before);
        Assert.Equal(["41235", "/tmp/weir-x"], found[1].Varying);
        Assert.True(found[1].Steps[0].IsBackground);
        Assert.Equal("./weir serve tcp://:41235", found[1].Steps[0].Command);
        Assert.Equal(["served"], found[2].Steps[0].AfterInterrupt!);
    }

    [Fact]
    public void ABlockThatIsNoTranscript_IsAnErrorWithItsLine()
    {
        var error = Assert.Throws<FormatException>(() => Transcript.In("a.md", ["```console", "echo", "```"]).ToList());
        Assert.Equal("a.md:2: a transcript begins with '$ command'", error.Message);
        Assert.Throws<FormatException>(() => Transcript.In("a.md", ["```console", "$ echo"]).ToList());
    }

    [Theory]
    [InlineData("port 41235", "port 7\n", true)]
    [InlineData("port 41235 and 41235", "port 7 and 7\n", true)]
    [InlineData("port 41235 and 41235", "port 7 and 8\n", false)]
    [InlineData("port 41235", "port x\n", false)]
    [InlineData("in /tmp/weir-Ab3/x.sock", "in /tmp/weir-zzz/x.sock\n", true)]
    [InlineData("in /tmp/weir-Ab3/x.sock", "in /tmp/x.sock.old\n", false)]
    [InlineData("a … z", "a b c z\n", true)]
    [InlineData("a … z", "a b c\n", false)]
    [InlineData("(41235.*)", "(7.*)\n", true)]
    [InlineData("412351", "7\n", false)]
    [InlineData("same", "same", true)]
    [InlineData("same", "same\nmore\n", false)]
    public void Output_IsComparedUpToWhatVaries(string shown, string printed, bool matches) =>
        Assert.Equal(matches, new OutputPattern(["41235", "/tmp/weir-Ab3"]).Matches([shown], printed));

    [Fact]
    public void DotsAlone_StandForAnyLines()
    {
        Assert.True(new OutputPattern([]).Matches(["first", "…", "last"], "first\n2\n3\nlast\n"));
        Assert.True(new OutputPattern([]).Matches(["first", "…"], "first\n"));
        Assert.False(new OutputPattern([]).Matches(["first", "…", "last"], "first\n2\n3\n"));
    }

    [Fact]
    public void WhatVaried_GoesIntoTheNextCommand()
    {
        var pattern = new OutputPattern(["41235"]);
        Assert.True(pattern.Matches(["port 41235"], "port 7\n"));
        Assert.Equal("connect 7", pattern.Fill("connect 41235"));
    }

    [Fact]
    public async Task ARightTranscript_Passes_WithAServerInTheBackgroundAndOneThatIsInterrupted() =>
        await CheckAsync(
            "<!-- transcript varies: 41235 -->",
            "```console",
            "$ ./weir serve tcp4://127.0.0.1:0 &",
            "listening on tcp4://127.0.0.1:41235   try: socat - TCP4:127.0.0.1:41235",
            "…",
            "$ echo hello | ./weir connect tcp://127.0.0.1:41235",
            "hello",
            "$ ./weir serve tcp4://127.0.0.1:41235",
            "weir: bind tcp://127.0.0.1:41235: EADDRINUSE; …",
            "$ ./weir serve unix://@weir-transcript --handler daytime",
            "listening on unix://@weir-transcript   try: …",
            "daytime, … Ctrl-C drains and ends",
            "^C",
            "served 0 connections, 0 B in, 0 B out",
            "```");

    [RequiresProgramFact("ss", "iproute2")]
    public async Task ACommandThatIsBroughtBack_HasPrintedWhatIsBelow_ToItsEndOrCtrlC() =>
        await CheckAsync(
            "```console",
            "$ ./weir listen unix://$PWD/records.sock &",
            "$ echo first; sleep 0.1; echo second &",
            "first",
            "$ echo record | ./weir connect unix://$PWD/records.sock",
            "$ fg",
            "second",
            "$ fg %1",
            "…",
            "record",
            "^C",
            "wrote 1 record, 7 B, of 1 connection",
            "```");

    [Theory]
    [InlineData("$ fg")]
    [InlineData("$ echo one &", "one", "$ fg %2")]
    public async Task BringingBackWhatIsNotThere_IsAnError(params string[] lines)
    {
        var error = await Assert.ThrowsAsync<XunitException>(() => CheckAsync(["```console", .. lines, "```"]));
        Assert.EndsWith("no such command is in the background", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ABlockThatNeedsAProgram_SaysWhich()
    {
        Transcript needing = Assert.Single(Transcript.In("a.md", ["<!-- transcript needs: systemd-notify -->", "```console", "$ true", "```"]));
        Assert.Equal("systemd-notify", needing.Needs);
        Assert.All(Transcript.In("a.md", s_sample), transcript => Assert.Equal("", transcript.Needs));
    }

    [Theory]
    [InlineData("$ echo one", "two")]
    [InlineData("$ echo one; echo two", "one")]
    [InlineData("$ echo one")]
    [InlineData("$ true", "one")]
    public async Task AWrongTranscript_Fails_AndShowsBoth(params string[] lines)
    {
        var error = await Assert.ThrowsAsync<XunitException>(() => CheckAsync(["```console", .. lines, "```"]));
        Assert.Contains($"a.md:2: {lines[0]}\nthe document says:\n", error.Message, StringComparison.Ordinal);
    }

    private static async Task CheckAsync(params string[] document)
    {
        foreach (Transcript transcript in Transcript.In("a.md", document))
            await TranscriptRun.CheckAsync(transcript);
    }
}
