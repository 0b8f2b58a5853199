using System.CommandLine;
using Weir.Bench;

RootCommand root = new("Measures Weir beside its peers. Every comparison is a ratio within one interleaved run.")
{
    EchoCommand.Create(),
    IdleCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
