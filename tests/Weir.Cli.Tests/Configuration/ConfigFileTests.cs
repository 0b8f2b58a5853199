using System.CommandLine;
using System.Text;
using Weir.Cli.Commands;
using Weir.Cli.Configuration;
using Weir.Cli.Listening;
using Weir.Testing;
using Xunit;

namespace Weir.Cli.Tests.Configuration;

/// <summary>What is wrong with a configuration is said with its place; what is right is as if it stood on the command line.</summary>
public sealed class ConfigFileTests
{
    private const string Address = "\"socket_service_address\": \"tcp://:3110\"";

    [Theory]
    [InlineData("", "c.json:1:1: it is empty; a configuration is one JSON object, { \"key\": value, … }")]
    [InlineData("[]", "c.json:1:1: a configuration is one JSON object, { \"key\": value, … }")]
    [InlineData("{}", "c.json:1: socket_service_address is missing; add \"socket_service_address\": \"tcp://:3110\" here")]
    [InlineData("// ours\n\n{\n  \"to\": \"x\" }", "c.json:3: socket_service_address is missing; add \"socket_service_address\": \"tcp://:3110\" here")]
    [InlineData("{ \"socket_service_address\": [] }", "c.json:1:29: socket_service_address is empty; expected at least one, such as \"tcp://:3110\"")]
    [InlineData(
        "{ \"socket_service_address\": [\"tcp://:1\",\n 5] }",
        "c.json:2:2: socket_service_address is 5; expected a string, such as \"tcp://:3110\", or a list of strings")]
    [InlineData(
        "{ \"socket_service_address\": \"tcp://:99999\" }",
        "c.json:1:37: tcp://:99999: port 99999 is out of range; expected 0 to 65535")]
    [InlineData("{ \"é\": 1 }", "c.json:1:3: unknown key 'é'; known are socket_service_address, to, frame, ")]
    [InlineData("{ " + Address + ",\n  \"rotat\": 1 }", "c.json:2:3: unknown key 'rotat'; did you mean rotate?")]
    [InlineData("{ " + Address + ",\n  \"rotate\": \"5x\" }", "c.json:2:13: rotate 5x: expected bytes from 1 to 1024G, such as 65536, 64k or 4M")]
    [InlineData("{ " + Address + ",\n  \"keep\": \"5\" }", "c.json:2:11: keep is \"5\"; expected a number")]
    [InlineData("{ " + Address + ",\n  \"keep\": 0 }", "c.json:2:11: keep 0: expected a whole number from 1 to 9999")]
    [InlineData("{ " + Address + ",\n  \"json\": 1 }", "c.json:2:11: json is 1; expected true or false")]
    [InlineData("{ " + Address + ",\n  \"to\": { \"x\": [1] } }", "c.json:2:9: to is an object; expected a string")]
    [InlineData("{ " + Address + ",\n  \"to\": [\"x\"] }", "c.json:2:9: to is a list; expected a string")]
    [InlineData("{ " + Address + ",\n  \"to\": \"tcp:///x\" }", "c.json:2:9: to tcp:///x: there is no port; ")]
    [InlineData("{ " + Address + ",\n  \"frame\": \"words\" }", "c.json:2:12: frame words: expected one of lines, datagrams, raw")]
    [InlineData("{ " + Address + ",\n  \"to\": \"x\",\n  \"to\": \"y\" }", "c.json:3:3: to is given before, in line 2; once is enough")]
    [InlineData("{ " + Address + " \"to\": \"x\" }", "c.json:1:43: '\"' is invalid after a value")]
    [InlineData("{ " + Address + " } x", "c.json:1:45: 'x' is invalid after a single JSON value")]
    [InlineData("{ " + Address, "c.json:1:42: ")]
    [InlineData(
        "socket_service_address = 'tcp://:1'",
        "c.json:1:1: 's' is an invalid start of a value; a configuration is one JSON object, { \"key\": value, … }")]
    [InlineData("{ " + Address + ",\n  \"to\": \"\" }", "c.json:2:9: to is empty; expected a string, or leave to out")]
    [InlineData("{ " + Address + ",\n  \"to\": null }", "c.json:2:9: to is null; expected a string")]
    [InlineData("{ " + Address + ",\n  \"max-line\": 1 }", "c.json:2:3: unknown key 'max-line'; did you mean max_line?")]
    [InlineData("{ \"socket_service_adress\": \"tcp://:1\" }", "c.json:1:3: unknown key 'socket_service_adress'; did you mean socket_service_address?")]
    [InlineData(
        "{ \"socket_service_address\": null }",
        "c.json:1:29: socket_service_address is null; expected a string, such as \"tcp://:3110\", or a list of strings")]
    [InlineData("{ \"config\": \"x\" }", "c.json:1:3: unknown key 'config'")]
    public void AMistake_IsNamedWithItsPlace(string text, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<ConfigException>(() => Apply(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void CommentsAndTrailingCommas_AreAllowed()
    {
        ParseResult parsed = Apply("\uFEFF{ // where\n  \"socket_service_address\": [\"tcp://:1\", \"unix:///run/x\",], /* and how */\n  \"json\": true, \"rotate\": 65536, }");

        Assert.Empty(parsed.Errors);
    }

    [Fact]
    public void TheExampleOfTheDocumentation_IsRight()
    {
        string page = File.ReadAllText(Repository.At("docs", "listen.md"));
        string example = page.Split("```json\n")[1].Split("```")[0];

        Assert.Empty(Apply(example).Errors);
    }

    [Fact]
    public void AFileThatIsNotThere_IsNamed() => Assert.Equal(
        "/nowhere/c.json: there is no such file", Assert.Throws<ConfigException>(() => ConfigFile.Read("/nowhere/c.json")).Message);

    [Fact]
    public async Task EveryOption_HasAKey_AndTheCommandLineComesFirst()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("c"), """
            {
                "socket_service_address": ["tcp://:1", "unix:///run/x"],
                "to": "-", "frame": "raw", "max_line": "1k", "keep": 3, "loops": 1,
                "max_connections": 7, "idle_timeout": 1.5, "drain_timeout": 2, "json": true,
                "engine": "poll", "handover": "/run/next",
            }
            """);

        ListenSettings settings = Settings("--config", folder.File("c"), "--keep", "4", "--to", "log", "--rotate", "2k");

        Assert.Equal(["tcp://:1", "unix:///run/x"], settings.Urls.Select(url => url.ToString()));
        Assert.Equal(
            new ListenSettings
            {
                Urls = settings.Urls,
                Target = new ListenTarget("log", Url: null),
                Framing = RecordFraming.Raw,
                MaxLineBytes = 1024,
                RotateBytes = 2048,
                KeepFiles = 4,
                Loops = 1,
                Engine = LoopEngine.Poll,
                HandoverPath = "/run/next",
                MaxConnections = 7,
                IdleTimeout = TimeSpan.FromSeconds(1.5),
                DrainTimeout = TimeSpan.FromSeconds(2),
                Json = true,
            },
            settings);
    }

    [Fact]
    public void EachOptionOfTheCommand_IsAKey()
    {
        foreach (Option option in ListenCommand.Create().Options.Where(option => option.Name != "--config"))
        {
            string key = option.Name[2..].Replace('-', '_');
            string wrong = Assert.Throws<ConfigException>(() => Apply($"{{ {Address}, \"{key}\": [] }}")).Message;
            Assert.StartsWith($"c.json:1:{Address.Length + 9 + key.Length}: {key} is a list; expected ", wrong, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Defaults_AreTheHelps()
    {
        ListenSettings settings = Settings("tcp://:1");

        Assert.Equal(
            new ListenSettings
            {
                Urls = settings.Urls,
                MaxLineBytes = 65536,
                KeepFiles = 10,
                DrainTimeout = TimeSpan.FromSeconds(10),
            },
            settings);
    }

    [Theory]
    [InlineData("listen: the URL is missing; try weir listen tcp://:3110, or see 'weir listen --help'")]
    [InlineData("--rotate: only a file is rotated, and records go to standard output; add --to FILE", "tcp://:1", "--rotate", "5")]
    [InlineData("--keep: nothing is rotated; add --rotate SIZE, or leave --keep out", "tcp://:1", "--keep", "5", "--to", "log")]
    [InlineData("--rotate: only a file is rotated, and records go to udp://x:1; add --to FILE", "tcp://:1", "--rotate", "5", "--to", "udp://x:1")]
    [InlineData("listen: with --config the addresses are in x.json; add tcp://:1 to its socket_service_address", "--config", "x.json", "tcp://:1")]
    public void WhatDoesNotFit_IsExplained(string expected, params string[] arguments) =>
        Assert.Equal(expected, Assert.Throws<ConfigException>(() => Settings(arguments)).Message);

    [Fact]
    public void WhatIsNoUtf8_IsSaidWithItsPlace()
    {
        byte[] latin1 = Encoding.Latin1.GetBytes("{\n  \"ab\u00e9\": 1 }");
        ConfigException wrong = Assert.Throws<ConfigException>(() => ConfigFile.Parse("c.json", latin1));
        Assert.Equal("c.json:2:6: the byte 0xe9 is no UTF-8; save the file as UTF-8", wrong.Message);
    }

    private static ListenSettings Settings(params string[] arguments)
    {
        Command command = ListenCommand.Create();
        ParseResult parsed = command.Parse(arguments);
        Assert.Empty(parsed.Errors);
        return ListenCommand.SettingsOf(command, parsed);
    }

    private static ParseResult Apply(string text)
    {
        Command command = ListenCommand.Create();
        return CommandConfig.Apply(
            ConfigFile.Parse("c.json", Encoding.UTF8.GetBytes(text)), command, command.Options.Single(option => option.Name == "--config"));
    }
}
