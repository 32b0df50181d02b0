using System.Security.Cryptography;
using System.Text;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Errors;

/// <summary>
/// What makes two failures of a script the same one: code, message without its variables, and the function that failed. Not the line:
/// it moves with every publish, and a group must outlive the version that tried to mend it.
/// </summary>
/// <param name="Hash">16 bytes.</param>
/// <param name="Message">Without its variables.</param>
/// <param name="Function">As the stack has it; null: none, or not known.</param>
internal sealed record ErrorFingerprint(byte[] Hash, string Message, string? Function)
{
    private const int HashBytes = 16;

    public static ErrorFingerprint Of(string code, ExecutionError? error)
    {
        var message = MessageTemplate.Of(error?.Message ?? "");
        var function = TopFunction.Of(error);
        // A function's name may be computed, and so hold a variable too. The message template has no NUL, so no two triples look alike.
        var key = $"{code}\0{message}\0{(function is null ? "" : MessageTemplate.Of(function))}";
        return new ErrorFingerprint(SHA256.HashData(Encoding.UTF8.GetBytes(key))[..HashBytes], message, function);
    }
}
