using System.Globalization;
using System.Net;

namespace Weir.Bench.Peers.Udp;

/// <summary>The command line of every UDP peer; c-udp has the same.</summary>
public sealed record UdpPeerOptions(bool IsSender, string Url)
{
    public bool Offload { get; init; }

    public bool Blocking { get; init; }

    public int SizeBytes { get; init; } = 64;

    public int ReceiveBufferBytes { get; init; }

    public double WarmupSeconds { get; init; }

    public double Seconds { get; init; } = 2;

    /// <summary>Not timed: so many, slowly, every byte verified. 0 when it is timed.</summary>
    public long Count { get; init; }

    public IPEndPoint EndPoint => IPEndPoint.Parse(new Uri(Url).Authority);

    /// <summary>Null when the command line is none of ours.</summary>
    public static UdpPeerOptions? Parse(string[] args)
    {
        if (args is not ["send" or "receive", string url, ..])
            return null;
        var options = new UdpPeerOptions(args[0] == "send", url);
        for (int i = 2; i < args.Length; i++)
        {
            if (args[i] is "--offload" or "--blocking")
                options = args[i] == "--offload" ? options with { Offload = true } : options with { Blocking = true };
            else if (i + 1 < args.Length && double.TryParse(args[i + 1], CultureInfo.InvariantCulture, out double number))
                options = With(options, args[i++], number);
            else
                return null;
        }

        return options;
    }

    private static UdpPeerOptions With(UdpPeerOptions options, string name, double number) => name switch
    {
        "--size" => options with { SizeBytes = (int)number },
        "--receive-buffer" => options with { ReceiveBufferBytes = (int)number },
        "--warmup" => options with { WarmupSeconds = number },
        "--seconds" => options with { Seconds = number },
        "--count" => options with { Count = (long)number },
        _ => throw new ArgumentException($"{name}: unknown", nameof(name)),
    };
}
