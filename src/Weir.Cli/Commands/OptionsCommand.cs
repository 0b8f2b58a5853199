using System.CommandLine;
using System.Text.Json;
using Weir.Cli.Engines;

namespace Weir.Cli.Commands;

/// <summary><c>weir options</c>: what there is to choose from on this machine.</summary>
internal static class OptionsCommand
{
    public static Command Create()
    {
        var engine = new Option<bool>("--engine") { Description = "Engines, and what of io_uring this process may use." };
        var json = new Option<bool>("--json") { Description = "One JSON object." };
        var command = new Command("options", "Show what there is to choose from on this machine.") { engine, json };
        command.Validators.Add(result =>
        {
            if (!result.GetValue(engine))
                result.AddError("options: expected --engine; see 'weir options --help'");
        });
        command.SetAction(parsed =>
        {
            EngineReport report = EngineTable.Read();
            if (parsed.GetValue(json))
                Console.WriteLine(JsonSerializer.Serialize(report, EngineJson.Default.EngineReport));
            else
                EngineTable.Write(report, Console.Out);
        });
        return command;
    }
}
