using System.Diagnostics;
using System.Runtime.Versioning;
using Weir.Wire;

[assembly: SupportedOSPlatform("linux")]

// A process of its own, which is killed, or is somebody who is not root.
try
{
    if (Namespaces.EnterOrReexecute(args) is int exitCode)
        return exitCode;
}
catch (NamespaceException missing)
{
    await Console.Error.WriteLineAsync(missing.Message);
    return 2;
}

await using var network = HostNetwork.Create();
Host first = network.AddHost("first");
Host second = network.AddHost("second");
network.Connect(first, "10.0.0.1/24", second, "10.0.0.2/24");
using Process inside = first.Start("sleep", "600");
Console.WriteLine($"{Environment.ProcessId} {inside.Id} {first.NamespaceInode} {second.NamespaceInode}");

// Until it is told how to end, or killed.
return int.TryParse(Console.ReadLine(), out int code) ? code : 0;
