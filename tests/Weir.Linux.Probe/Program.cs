using Weir.Linux;
using Weir.Linux.Probe;

// A process of its own for what happens once per process: the observer and what the JIT makes of it.
return args switch
{
    ["observe"] => Observe(),
    ["install-twice"] => Rejected(() => SysObserver.Install(new Recorder()), first: () => SysObserver.Install(new Recorder())),
    ["install-late"] => Rejected(() => SysObserver.Install(new Recorder()), first: () => Sys.Close(-1)),
    ["close", "plain"] => Close(),
    ["close", "observed"] => CloseObserved(),
    _ => 2,
};

static int Observe()
{
    var recorder = new Recorder();
    SysObserver.Install(recorder);

    SysResult opened = Sys.EventFd(initialValue: 5, Uapi.EFD_CLOEXEC);
    using (var counter = new SafeFd(opened.Value))
    {
        Sys.Read(counter.Number, new byte[8]);
        Sys.Socket(4095, Uapi.SOCK_STREAM, 0);
        Sys.Send(-1, "x"u8, Uapi.MSG_NOSIGNAL);
        counter.Dispose();
    }

    Console.WriteLine($"fd {opened}");
    recorder.Calls.ForEach(Console.WriteLine);
    return 0;
}

static int Rejected(Action install, Action first)
{
    first();
    try
    {
        install();
        return 1;
    }
    catch (InvalidOperationException exception)
    {
        Console.WriteLine(exception.Message);
        return 0;
    }
}

static int CloseObserved()
{
    SysObserver.Install(new Recorder());
    return Close();
}

// The first call initialises Sys; the hot path is compiled after it, as everything is in a process that has run for a while.
static int Close()
{
    Sys.Socket(4095, Uapi.SOCK_STREAM, 0);
    return HotPath.CloseNothing() == Errno.EBADF ? 0 : 1;
}
