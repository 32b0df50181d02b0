using System.Diagnostics;
using System.Runtime.CompilerServices;
using Sandbox.Tests.Integration.Egress;

namespace Sandbox.Tests.Integration.Email;

/// <summary>An SMTP server of Debian's (aiosmtpd) in a <see cref="LoopbackNetwork"/>.</summary>
internal sealed class SmtpServer : IDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private SmtpServer(Process process, string folder) => (_process, _folder) = (process, folder);

    /// <summary>Messages that it took, in order.</summary>
    public IReadOnlyList<string> Messages => [.. Directory.GetFiles(_folder, "*.eml").Order(StringComparer.Ordinal).Select(File.ReadAllText)];

    /// <param name="certificate">Files of the certificate and its key; then it asks for STARTTLS and a user. Null: plain, for anyone.</param>
    public static SmtpServer Start(LoopbackNetwork network, int port, (string Certificate, string Key)? certificate = null)
    {
        var folder = Directory.CreateTempSubdirectory("sandbox-smtp-").FullName;
        string[] server = ["/usr/bin/python3", Script(), $"{port}", folder, certificate is null ? "plain" : "starttls", certificate?.Certificate ?? "", certificate?.Key ?? ""];
        string[] command = [.. network.Enter(folder), .. server];
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in command[1..]) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        if (process.StandardOutput.ReadLine() != "ready") throw new InvalidOperationException($"No SMTP server: {process.StandardError.ReadToEnd()}");
        return new SmtpServer(process, folder);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Script([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "smtp_server.py");
}
