using Weir.Linux;

namespace Weir.Inspect.Tracing;

/// <summary>What a command does on the network can't be traced here. The message says what is missing, with the verifier's words about a program that it refused.</summary>
internal sealed class TraceException : Exception
{
    public TraceException(string operation, Errno errno, string log = "")
        : base($"{operation}: {errno}; {AdviceFor(errno)}{(log.Length > 0 ? $"\n{log}" : "")}") => Errno = errno;

    public TraceException(string message)
        : base(message)
    {
    }

    public Errno Errno { get; }

    private static string AdviceFor(Errno errno) => errno switch
    {
        Errno.EPERM or Errno.EACCES => "it takes CAP_BPF, CAP_NET_ADMIN and CAP_SYS_ADMIN, which root in a container may lack",
        Errno.EROFS => "the cgroup2 filesystem is mounted read-only",
        Errno.ENOSYS or Errno.EINVAL => "it takes Linux 5.11 with CONFIG_CGROUP_BPF",
        _ => "see bpf(2) and cgroups(7)",
    };
}
