namespace Weir.Linux.Probe;

internal sealed class Recorder : SysObserver
{
    public List<string> Calls { get; } = [];

    public override void Entering(in SysCallArguments call) => Calls.Add($"> {Show(call)}");

    public override void Completed(in SysCallArguments call, SysResult result) => Calls.Add($"< {Show(call)} = {result}");

    // The second argument is a pointer in these calls, and different in every run.
    private static string Show(in SysCallArguments call) => NR.NameOf(call.Number) switch
    {
        "read" => $"read {call.A0} {call.A2}",
        "sendto" => $"sendto {call.A0} {call.A2} {call.A3:x} {call.A4} {call.A5}",
        "close" => $"close {call.A0}",
        string name => $"{name} {call.A0} {call.A1} {call.A2}",
    };
}
