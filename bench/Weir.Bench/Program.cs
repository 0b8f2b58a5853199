using System.CommandLine;
using Weir.Bench;

RootCommand root = new("Measures Weir beside its peers. Every comparison is a ratio within one interleaved run.")
{
    EchoCommand.Create(),
    IdleCommand.Create(),
    UdpCommand.Create(),
    RelayCommand.Create(),
    HttpCommand.Create(),
    SoakCommand.Create(),
    ManyCommand.Create(),
    CaptureCommand.Create(),
    WireCommand.Create(),
};
ParseResult parsed = root.Parse(args);
int exitCode = await parsed.InvokeAsync();
return parsed.Errors.Count > 0 ? BenchException.Environment : exitCode;
