using System.Net;
using System.Net.Sockets;
using System.Text;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Connecting;

/// <summary><c>weir connect</c> against servers that nobody here wrote.</summary>
public sealed class ConnectTests : IDisposable
{
    private const int ManyBytes = 20 * 1024 * 1024;

    private readonly TemporaryFolder _folder = new();

    [RequiresProgramFact("socat", "socat")]
    public async Task EndOfInput_HalfCloses_AndTheAnswerIsStillRead()
    {
        // sort(1) answers nothing before it has seen the end.
        await using RunningProgram server = Socat("TCP4-LISTEN:0,bind=127.0.0.1", "EXEC:sort");
        string address = await AddressOf(server);

        Finished client = await new Run("dotnet", WeirProcess.Command[1], "connect", address) { Input = "pear\napple\n" }.ToEnd();

        Assert.Equal("apple\npear\n", client.Succeeded().Output);
        Assert.Equal("", client.Errors);
    }

    [RequiresProgramFact("socat", "socat")]
    public async Task TwentyMegabytes_TravelBothWaysUnchanged()
    {
        string file = _folder.File("bytes");
        byte[] bytes = new byte[ManyBytes];
        new Random(Seed: 31).NextBytes(bytes);
        await File.WriteAllBytesAsync(file, bytes);
        await using RunningProgram server = Socat("TCP6-LISTEN:0,bind=[::1]", "EXEC:cat");
        string address = await AddressOf(server);

        Finished compared = await new Run("sh", "-c", $"{WeirProcess.InShell} connect {address} < {file} | cmp - {file}").ToEnd();

        Assert.Equal("", compared.Succeeded().Output + compared.Errors);
    }

    [RequiresProgramFact("ncat", "ncat")]
    public async Task AUnixPath_OfNcat_IsReached()
    {
        string path = _folder.File("ncat.sock");
        await using RunningProgram server = RunningProgram.Start(["ncat", "-l", "-U", path]);
        await Eventually.True(() => File.Exists(path) && ListensOn(path));
        await using RunningProgram client = Connect($"unix://{path}");

        await client.WriteAsync("to ncat\n");
        await server.OutputHas("to ncat\n");
        await server.WriteAsync("from ncat\n");
        await client.OutputHas("from ncat\n");
        server.EndInput();
        client.EndInput();

        Assert.Equal(0, await client.ExitAsync());
    }

    [RequiresProgramFact("socat", "socat")]
    public async Task AnAbstractName_IsReached()
    {
        string name = $"weir-connect-{Environment.ProcessId}";
        await using RunningProgram server = Socat($"ABSTRACT-LISTEN:{name}", "EXEC:cat");
        await server.ErrorsHave("listening on");

        Finished client = await new Run("dotnet", WeirProcess.Command[1], "connect", $"unix://@{name}") { Input = "hello" }.ToEnd();

        Assert.Equal("hello", client.Succeeded().Output);
    }

    [Fact]
    public async Task Refused_IsOneLineAndExitCode1()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, port: 0));
        string address = $"tcp://{silent.LocalEndPoint}";

        await FailsWith($"weir: connect {address}: ECONNREFUSED; nobody listens there; start the server, or check the address\n", address);
        string path = $"unix://{_folder.File("none")}";
        await FailsWith($"weir: connect {path}: ENOENT; the path does not exist; start the server, or check the path\n", path);
    }

    [Fact]
    public async Task AReset_IsOneLineAndExitCode1()
    {
        using var listener = new TcpListener(IPAddress.Loopback, port: 0);
        listener.Start();
        await using RunningProgram client = Connect($"tcp://{listener.LocalEndpoint}");
        using Socket peer = await listener.AcceptSocketAsync().InTime();
        await peer.SendAsync(Encoding.ASCII.GetBytes("first this")).InTime();
        await client.OutputHas("first this");

        peer.LingerState = new LingerOption(enable: true, seconds: 0);
        peer.Dispose();

        Assert.Equal(1, await client.ExitAsync());
        Assert.Matches("^weir: .*ECONNRESET; the peer reset the connection\n$", client.Errors);
    }

    [Fact]
    public async Task NoAnswer_IsOneLineAndExitCode1()
    {
        // A listener whose queue is full drops the packets that ask for a connection.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, port: 0));
        full.Listen(backlog: 0);
        using Peer first = await Peer.ConnectAsync($"tcp://{full.LocalEndPoint}");
        string address = $"tcp://{full.LocalEndPoint}";

        Finished late = await WeirProcess.Run("connect", "--connect-timeout", "0.3", address);

        Assert.Equal(1, late.ExitCode);
        Assert.Equal(
            $"weir: connect {address}: ETIMEDOUT; no answer in time; check the address and what filters packets on the way\n",
            late.Errors);
    }

    [RequiresProgramFact("socat", "socat")]
    public async Task WhenNobodyReadsTheOutput_ItEndsQuietly()
    {
        await using RunningProgram server = Socat("TCP4-LISTEN:0,bind=127.0.0.1", "EXEC:yes");
        string address = await AddressOf(server);

        string script = $"{WeirProcess.InShell} connect {address} < /dev/zero | head -c 5; echo ${{PIPESTATUS[0]}}";
        Finished cut = await new Run("bash", "-c", script).ToEnd();

        Assert.Equal("y\ny\ny0\n", cut.Output);
        Assert.Equal("", cut.Errors);
    }

    [Fact]
    public async Task ThePeersEnd_CutsNoInput()
    {
        const int Bytes = 20_000_000;
        string file = _folder.File("long");
        await File.WriteAllBytesAsync(file, new byte[Bytes]);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port: 0));
        listener.Listen(1);
        Task<Finished> client = new Run("bash", "-c", $"{WeirProcess.InShell} connect tcp://{listener.LocalEndPoint} < {file}").ToEnd();

        using Socket peer = await listener.AcceptAsync().InTime();
        // It has nothing to say, and says so before it listens.
        peer.Shutdown(SocketShutdown.Send);
        byte[] buffer = new byte[64 * 1024];
        long received = 0;
        while (await peer.ReceiveAsync(buffer).InTime() is > 0 and int count)
            received += count;

        (await client).Succeeded();
        Assert.Equal(Bytes, received);
    }

    [Fact]
    public async Task ThePeersEnd_IsOurs_ThoughTheInputGoesOn()
    {
        await using WeirProcess daytime = await WeirProcess.ServeAsync("tcp4://127.0.0.1:0", "--handler", "daytime");
        await using RunningProgram client = Connect(daytime.Address);

        Assert.Equal(0, await client.ExitAsync());

        Assert.EndsWith("\r\n", client.Output, StringComparison.Ordinal);
        Assert.Equal("", client.Errors);
    }

    public void Dispose() => _folder.Dispose();

    private static RunningProgram Connect(string address) => RunningProgram.Start([.. WeirProcess.Command, "connect", address]);

    // socat says on standard error where it listens, and after the end of one direction waits for the other one's.
    private static RunningProgram Socat(string listen, string then) =>
        RunningProgram.Start(["socat", "-d", "-d", "-t", "60", listen, then]);

    private static async Task<string> AddressOf(RunningProgram socat)
    {
        await socat.ErrorsHave("listening on");
        await socat.Until(() => socat.Errors.Split("listening on ")[1].Contains('\n'), "a whole line");
        return $"tcp://{socat.Errors.Split("listening on ")[1].Split('\n')[0].Split(' ')[1]}";
    }

    private static async Task FailsWith(string line, string address)
    {
        Finished failed = await WeirProcess.Run("connect", address);
        Assert.Equal(1, failed.ExitCode);
        Assert.Equal(line, failed.Errors);
        Assert.Equal("", failed.Output);
    }

    // The path is there before anybody listens, and ncat serves its first client only: look without connecting.
    private static bool ListensOn(string path) =>
        File.ReadLines("/proc/net/unix").Any(line => line.EndsWith(path, StringComparison.Ordinal) && line.Split(' ')[3] == "00010000");
}
