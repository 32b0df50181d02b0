using System.Security.Cryptography;
using System.Text;
using Sandbox.Supervisor.Configuration;

namespace Sandbox.Supervisor.Hosting.Web;

/// <summary>
/// The one-time link of the first start. Its code lies in <c>{DataDirectory}/setup-link</c> (mode 600) until it is used, and then the word
/// <c>used</c>: whoever may read the data directory owns the installation anyway. With the data removed there is a new one.
/// </summary>
internal sealed class SetupLink
{
    private const string Used = "used";
    private readonly string _path;
    private readonly Lock _use = new();
    private string _content;

    public SetupLink(SandboxOptions options)
    {
        Directory.CreateDirectory(options.DataDirectory);
        _path = Path.Combine(options.DataDirectory, "setup-link");
        _content = File.Exists(_path) ? File.ReadAllText(_path).Trim() : "";
        if (_content.Length == 0) Write(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));
    }

    /// <summary>Null once it was used.</summary>
    public string? Code => _content == Used ? null : _content;

    public bool IsOpen(string code) => Code is { } wanted && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(code), Encoding.UTF8.GetBytes(wanted));

    /// <summary>True for the one caller that uses it up.</summary>
    public bool Use(string code)
    {
        lock (_use)
        {
            if (!IsOpen(code)) return false;
            Write(Used);
            return true;
        }
    }

    private void Write(string content)
    {
        PrivateFile.Write(_path, content + "\n");
        _content = content;
    }
}
