using Weir.Testing;

namespace Weir.EndToEnd.Packages;

/// <summary>A run of the SDK that asks no network and leaves no server behind.</summary>
internal static class SdkCommand
{
    // Building takes longer than anything else that tests start, and minutes where the machine has other work as well.
    private static readonly TimeSpan s_limit = 5 * Deadline.Generous;

    public static Run Create(string workingDirectory, Dictionary<string, string> environment, params string[] arguments) =>
        new("dotnet", arguments)
        {
            WorkingDirectory = workingDirectory,
            Limit = s_limit,
            Environment = new Dictionary<string, string>(environment)
            {
                ["MSBUILDDISABLENODEREUSE"] = "1",
                ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
                ["UseSharedCompilation"] = "false",
                ["NuGetAudit"] = "false",
                ["DOTNET_NOLOGO"] = "1",
                ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
                ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "0",
            },
        };
}
