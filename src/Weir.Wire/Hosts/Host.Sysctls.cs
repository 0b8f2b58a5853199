using System.Text;
using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Wire;

// /proc, which shows each thread its own network namespace.
public sealed partial class Host
{
    private const int ProcBytes = 64 * 1024;

    /// <summary>Whether the kernel has IPv6 at all.</summary>
    internal bool HasIPv6 => _thread.Run(static () => ReadFile("/proc/sys/net/ipv6/conf/all/disable_ipv6", out _).IsOk);

    /// <param name="name">As sysctl(8) writes it, <c>net.ipv4.tcp_syn_retries</c>; only those below net have a value of each namespace's own.</param>
    /// <exception cref="SysctlException">ENOENT: there is no such setting in a namespace.</exception>
    public string GetSysctl(string name)
    {
        string text = "";
        SysResult read = _thread.Run(() => ReadFile(PathOf(name), out text));
        return read.IsOk ? text.Trim() : throw WrongSysctl("read", name, read.Errno);
    }

    /// <summary>Sets a value for this host alone.</summary>
    /// <exception cref="SysctlException">ENOENT: there is no such setting in a namespace; EINVAL: not this value.</exception>
    public void SetSysctl(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        SysResult written = _thread.Run(() => WriteFile(PathOf(name), value));
        if (!written.IsOk)
            throw WrongSysctl("write", name, written.Errno);
    }

    /// <summary>The host's protocol counters at this moment, of TCP, IP, UDP and ICMP (nstat(8) shows the same).</summary>
    public HostCounters Counters() => _thread.Run(() => new CounterFiles(ThreadId).Read(withIPv6: true));

    // An interface may have a dot in its name, and then a slash stands for it, as in sysctl(8).
    private static string PathOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return "/proc/sys/" + string.Concat(name.Select(letter => letter switch { '.' => '/', '/' => '.', _ => letter }));
    }

    private static SysResult ReadFile(string path, out string text)
    {
        text = "";
        SysResult opened = Sys.Open(Encoding.UTF8.GetBytes(path), O_RDONLY | O_CLOEXEC);
        if (!opened.IsOk)
            return opened;
        using var file = new SafeFd(opened.Value);
        byte[] buffer = new byte[ProcBytes];
        int length = 0;
        SysResult read;
        while ((read = Sys.Read(file.Number, buffer.AsSpan(length))).Value > 0 && read.IsOk)
            length += read.Value;
        text = Encoding.ASCII.GetString(buffer, 0, length);
        return read;
    }

    private static SysResult WriteFile(string path, string value)
    {
        SysResult opened = Sys.Open(Encoding.UTF8.GetBytes(path), O_WRONLY | O_CLOEXEC);
        if (!opened.IsOk)
            return opened;
        using var file = new SafeFd(opened.Value);
        return Sys.Write(file.Number, Encoding.UTF8.GetBytes(value));
    }

    private static SysctlException WrongSysctl(string verb, string name, Errno errno) => new(verb, name, errno, errno switch
    {
        Errno.ENOENT => "this kernel has no such setting for each namespace; 'sysctl -a' lists them",
        Errno.EINVAL => "the setting does not take this value",
        _ => "see sysctl(8)",
    });
}
