using System.CommandLine;
using Weir.Sockets;

namespace Weir.Cli.Serving;

/// <summary><c>--handover PATH</c>, of every command that listens: its value is <see cref="ServerOptions.HandoverPath"/>.</summary>
internal static class HandoverOption
{
    public static Option<string?> Create() => new("--handover")
    {
        Description = "Restart without a gap: take the listeners of the process that offers them at this path, then offer them to the next one. "
            + "Start the same command line once more.",
        HelpName = "path",
        CustomParser = result =>
        {
            string path = result.Tokens[0].Value;
            try
            {
                _ = KernelAddress.FromUnixPath(path.Length == 0 ? path : Path.GetFullPath(path));
                return path;
            }
            catch (ArgumentException problem)
            {
                result.AddError($"--handover {path}: {FirstLine(problem.Message)}");
                return null;
            }
        },
    };

    // .NET adds the parameter's name.
    private static string FirstLine(string message) => message.Split(" (Parameter")[0];
}
