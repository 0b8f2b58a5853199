namespace Weir.Packets.Dissection;

/// <summary>What people call the types and codes of ICMP.</summary>
internal static class IcmpNames
{
    public static string Of(IcmpMessage message)
    {
        string type = OfType(message.Version, message.Type);
        string? code = OfCode(message.Version, message.Type, message.Code);
        if (code is not null)
            return $"{type}: {code}";
        return message.Code == 0 ? type : $"{type}: code {message.Code}";
    }

    public static string OfType(int version, int type) => (version, type) switch
    {
        (4, 0) or (6, 129) => "echo reply",
        (4, 8) or (6, 128) => "echo request",
        (4, 3) or (6, 1) => "unreachable",
        (4, 4) => "source quench",
        (4, 5) or (6, 137) => "redirect",
        (4, 9) or (6, 134) => "router advertisement",
        (4, 10) or (6, 133) => "router solicitation",
        (4, 11) or (6, 3) => "time exceeded",
        (4, 12) or (6, 4) => "parameter problem",
        (4, 13) => "timestamp request",
        (4, 14) => "timestamp reply",
        (6, 2) => "packet too big",
        (6, 130) => "multicast listener query",
        (6, 131) => "multicast listener report",
        (6, 132) => "multicast listener done",
        (6, 135) => "neighbor solicitation",
        (6, 136) => "neighbor advertisement",
        (6, 143) => "multicast listener report v2",
        _ => $"type {type}",
    };

    private static string? OfCode(int version, int type, int code) => (version, type) switch
    {
        (4, 3) => Unreachable(code),
        (6, 1) => Unreachable6(code),
        (4, 5) => code switch { 0 => "for the net", 1 => "for the host", 2 => "for the service and net", 3 => "for the service and host", _ => null },
        (4, 11) or (6, 3) => code switch { 0 => "in transit", 1 => "fragments", _ => null },
        (6, 4) => code switch { 0 => "header field", 1 => "next header", 2 => "option", _ => null },
        _ => null,
    };

    private static string? Unreachable(int code) => code switch
    {
        0 => "net",
        1 => "host",
        2 => "protocol",
        3 => "port",
        4 => "needs fragmenting",
        5 => "source route failed",
        6 => "net unknown",
        7 => "host unknown",
        9 => "net prohibited",
        10 => "host prohibited",
        13 => "prohibited",
        _ => null,
    };

    private static string? Unreachable6(int code) => code switch
    {
        0 => "no route",
        1 => "prohibited",
        2 => "beyond scope",
        3 => "address",
        4 => "port",
        5 => "source policy",
        6 => "route rejected",
        _ => null,
    };
}
