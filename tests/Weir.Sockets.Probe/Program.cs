using System.Runtime.Versioning;
using Weir.Sockets.Probe;

[assembly: SupportedOSPlatform("linux")]

// A process of its own for what a test can't do in its own: be traced, be interrupted by signals, live in a network of its own.
return args switch
{
    ["serve"] => SetUp.ServeOne(),
    ["wait"] => Interruption.WaitThroughSignals(),
    ["listen", .. string[] urls] => await SetUp.ListenOn(urls),
    _ => 2,
};
