using System.Diagnostics;
using System.Runtime.InteropServices;
using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Wire;

/// <summary>Whether this process may make hosts, and how it comes to be one that may.</summary>
public static class Namespaces
{
    private const string Marker = "WEIR_IN_USER_NAMESPACE";
    private const string Unshare = "unshare";

    // capabilities(7): the bit of CAP_SYS_ADMIN.
    private const int SysAdmin = 21;

    /// <summary>Whether this process is one that <see cref="EnterOrReexecute"/> has started: it is alone in its network.</summary>
    public static bool IsReexecuted => Environment.GetEnvironmentVariable(Marker) == "1";

    /// <summary>Whether <see cref="HostNetwork.Create"/> will be permitted: CAP_SYS_ADMIN in this process's user namespace.</summary>
    public static bool CanCreateHosts
    {
        get
        {
            const string Key = "CapEff:";
            string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Key, StringComparison.Ordinal));
            return (Convert.ToUInt64(line[Key.Length..].Trim(), fromBase: 16) >> SysAdmin & 1) == 1;
        }
    }

    /// <summary>
    /// Makes sure that this process may make hosts. As an ordinary user it starts itself once more, in a user namespace of its own
    /// (<c>unshare -Urn --keep-caps</c> of util-linux), and waits: call it first in <c>Main</c>, and return the exit code when there is one.
    /// </summary>
    /// <param name="args">What <c>Main</c> got.</param>
    /// <returns>Null when this process may go on; otherwise the exit code of the one that did the work in its place.</returns>
    /// <exception cref="NamespaceException">User namespaces are forbidden here, or unshare is not installed.</exception>
    public static int? EnterOrReexecute(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        if (CanCreateHosts)
        {
            if (IsReexecuted)
                LoopbackUp();
            return null;
        }

        if (IsReexecuted || NamespaceException.WhatForbids() is not null)
            throw NamespaceException.For(Errno.EPERM);
        using Process again = Start(args);
        // A terminal interrupts both; the other one ends in order, and this one waits for it.
        using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);
        using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            Sys.Kill(again.Id, SIGTERM);
        });
        again.WaitForExit();
        return again.ExitCode;
    }

    private static Process Start(string[] args)
    {
        var info = new ProcessStartInfo(Unshare, ["--user", "--map-root-user", "--net", "--keep-caps", "--", .. ProgramPaths.DyingWithItsParent, .. OwnCommand(), .. args]) { UseShellExecute = false };
        info.Environment[Marker] = "1";
        try
        {
            return Process.Start(info)!;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new NamespaceException(Unshare, (Errno)missing.NativeErrorCode, "not installed; apt install util-linux");
        }
    }

    // What stands before the arguments: "dotnet program.dll", or the program alone.
    private static string[] OwnCommand()
    {
        // Each word ends with a NUL, empty ones too.
        string[] words = File.ReadAllText("/proc/self/cmdline")[..^1].Split('\0');
        int own = words.Length - (Environment.GetCommandLineArgs().Length - 1);
        return [Environment.ProcessPath!, .. words[1..Math.Max(1, own)]];
    }

    // A new namespace has its loopback down, and what a program does on 127.0.0.1 would fail there.
    private static void LoopbackUp()
    {
        using var routes = new Netlink.RouteSocket();
        routes.Request(Netlink.RouteRequests.BringUp("lo", routes.IndexOf("lo")));
    }
}
