using Weir.Testing;

namespace Weir.EndToEnd;

/// <summary>One conversation by a program that nobody here wrote: its input is sent, then it half-closes and reads to the end.</summary>
internal static class Clients
{
    // How long socat goes on after the end of its input, in seconds: as long as a test may take.
    private const string Patience = "60";

    /// <param name="target">In socat's words: TCP4:127.0.0.1:80, UNIX-CONNECT:/x, ABSTRACT-CONNECT:name.</param>
    /// <param name="input">What is sent.</param>
    public static async Task<Finished> Socat(string target, string input) =>
        (await new Run("socat", "-t", Patience, "-", target) { Input = input }.ToEnd()).Succeeded();

    /// <param name="host">An address without brackets.</param>
    /// <param name="port">Its port.</param>
    /// <param name="input">What is sent.</param>
    public static async Task<Finished> Ncat(string host, string port, string input) =>
        (await new Run("ncat", host, port) { Input = input }.ToEnd()).Succeeded();

    public static async Task<Finished> NcatUnix(string path, string input) =>
        (await new Run("ncat", "-U", path) { Input = input }.ToEnd()).Succeeded();

    /// <summary>One GET. The handlers are no web servers: curl shows the bytes as they are.</summary>
    public static Run Curl(params string[] arguments) => new("curl", ["-sS", "-N", "--http0.9", .. arguments]);
}
