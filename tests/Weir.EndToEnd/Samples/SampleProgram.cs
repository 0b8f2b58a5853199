using Weir.Testing;

namespace Weir.EndToEnd.Samples;

/// <summary>Starts a program of samples/, as it was built, and reads from its output where it listens.</summary>
internal static class SampleProgram
{
    public static RunningProgram Start(string sample, params string[] arguments) =>
        RunningProgram.Start(["dotnet", Repository.At("artifacts", "bin", sample, "release", $"{sample}.dll"), .. arguments]);

    /// <summary>The address of a sample on the engine.</summary>
    public static async Task<string> AddressOf(RunningProgram server)
    {
        await server.OutputHas("\n");
        return server.Output.Split('\n')[0]["listening on ".Length..];
    }

    /// <summary>The URL of a sample on ASP.NET Core.</summary>
    public static async Task<Uri> UrlOf(RunningProgram server)
    {
        const string Before = "Now listening on: ";
        await server.OutputHas(Before);
        await server.OutputHas("Application started");
        return new Uri(server.Output.Split('\n').First(line => line.Contains(Before, StringComparison.Ordinal)).Split(Before)[1].Trim());
    }
}
