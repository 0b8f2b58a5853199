using System.Text;

namespace Weir.Linux.Tests.Headers;

/// <summary>The C sources that put our facts to a compiler.</summary>
internal static class CSource
{
    // linux/tcp.h and not netinet/tcp.h: the kernel's own structure is the longer one, and the two exclude each other.
    private static readonly string[] s_headers =
    [
        "stddef.h", "stdio.h", "errno.h", "fcntl.h", "asm/unistd.h", "sys/types.h", "sys/socket.h", "sys/un.h", "sys/uio.h",
        "sys/epoll.h", "sys/eventfd.h", "sys/resource.h", "sys/stat.h", "sys/ioctl.h", "poll.h", "sys/select.h", "signal.h", "time.h",
        "netinet/in.h", "netinet/udp.h", "linux/tcp.h", "linux/sockios.h", "linux/version.h",
        "linux/errqueue.h", "linux/sock_diag.h", "linux/inet_diag.h", "linux/filter.h", "linux/bpf.h", "linux/icmp.h", "linux/icmpv6.h", "linux/io_uring.h", "sys/mman.h",
        "sched.h", "sys/prctl.h", "linux/netlink.h", "linux/rtnetlink.h", "linux/if_link.h", "linux/if_addr.h", "linux/neighbour.h",
        "linux/veth.h", "linux/if_packet.h", "linux/if_ether.h", "linux/if.h", "linux/ethtool.h",
    ];

    /// <summary>A program that prints one "value" line per fact, or "-" where its headers are older than the fact.</summary>
    public static string Printing(IEnumerable<AbiFact> facts)
    {
        StringBuilder source = Start().AppendLine("int main(void) {");
        foreach (AbiFact fact in facts)
            Guarded(source, fact, $"printf(\"%lld\\n\", (long long)({fact.Expression}));", otherwise: "puts(\"-\");");
        return source.AppendLine("return 0; }").ToString();
    }

    /// <summary>A file that compiles only where every fact is true; the compiler names those that aren't.</summary>
    public static string Asserting(IEnumerable<AbiFact> facts)
    {
        StringBuilder source = Start();
        foreach (AbiFact fact in facts)
        {
            string assertion = $"_Static_assert((long long)({fact.Expression}) == {fact.Value}LL, \"{fact.Name} is not {fact.Value}\");";
            Guarded(source, fact, assertion, otherwise: "");
        }

        return source.ToString();
    }

    private static StringBuilder Start()
    {
        StringBuilder source = new StringBuilder().AppendLine("#define _GNU_SOURCE");
        foreach (string header in s_headers)
            source.AppendLine($"#include <{header}>");
        return source;
    }

    private static void Guarded(StringBuilder source, AbiFact fact, string line, string otherwise)
    {
        if (fact.Since is null)
        {
            source.AppendLine(line);
            return;
        }

        source.AppendLine($"#if LINUX_VERSION_CODE >= KERNEL_VERSION({fact.Since.Replace('.', ',')},0)").AppendLine(line);
        source.AppendLine("#else").AppendLine(otherwise).AppendLine("#endif");
    }
}
