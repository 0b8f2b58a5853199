using System.Text;

namespace Weir.Sockets;

/// <summary>Prints the canonical text of a URL: the port a number, an IPv6 address in its short form, escapes only where needed.</summary>
internal static class SocketUrlWriter
{
    internal static string Write(SocketUrlParts parts)
    {
        var text = new StringBuilder(parts.Scheme.Name()).Append("://");
        if (parts.Scheme.IsIP()) AppendHostAndPort(text, parts);
        else if (parts.Scheme.IsUnix()) AppendUnixName(text, parts);
        else text.Append(parts.Descriptor);
        AppendQuery(text, parts.Settings);
        return text.ToString();
    }

    private static void AppendHostAndPort(StringBuilder text, SocketUrlParts parts)
    {
        if (parts.Address is null) text.Append(parts.Host.Contains(':') ? $"[{parts.Host}]" : parts.Host);
        else if (parts.Address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6) text.Append(parts.Address);
        else text.Append('[').Append(parts.Address).Append(parts.ScopeName is null ? "" : "%").Append(parts.ScopeName).Append(']');
        text.Append(':').Append(parts.Port);
    }

    private static void AppendUnixName(StringBuilder text, SocketUrlParts parts)
    {
        if (parts.IsAbstract) text.Append('@');
        PercentEncoding.Append(text, parts.UnixName);
    }

    private static void AppendQuery(StringBuilder text, List<SocketOptionSetting> settings)
    {
        char separator = '?';
        foreach (SocketOptionSetting setting in settings)
        {
            text.Append(separator).Append(setting.Option.Name).Append('=');
            PercentEncoding.Append(text, Encoding.UTF8.GetBytes(setting.ValueText));
            separator = '&';
        }
    }
}
