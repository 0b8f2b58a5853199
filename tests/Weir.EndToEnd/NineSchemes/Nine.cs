using Weir.Testing;

namespace Weir.EndToEnd.NineSchemes;

/// <summary>The nine schemes, and addresses of them that the machine gives to nobody else.</summary>
internal static class Nine
{
    public static readonly string[] Schemes = ["tcp", "tcp4", "tcp6", "udp", "udp4", "udp6", "unix", "unixgram", "unixpacket"];

    /// <summary>One of each, in the order of <see cref="Schemes"/>.</summary>
    public static string[] Urls(TemporaryFolder folder) => [.. Schemes.Select(scheme => Url(scheme, folder.File($"{scheme}.sock")))];

    /// <param name="scheme">One of the nine.</param>
    /// <param name="path">What a unix scheme listens on.</param>
    public static string Url(string scheme, string path) => scheme switch
    {
        "tcp6" or "udp6" => $"{scheme}://[::1]:0",
        _ when scheme.StartsWith("unix", StringComparison.Ordinal) => $"{scheme}://{path}",
        _ => $"{scheme}://127.0.0.1:0",
    };
}
