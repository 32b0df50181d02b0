using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;

namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>
/// Our own descriptor of a pipe that CliWrap opened. CliWrap closes its streams as soon as the process has ended, but what
/// a worker wrote before its death (its last log lines) is still in the pipe then, and is read to its end.
/// </summary>
internal static class PipeEnd
{
    /// <summary>The descriptor of a stream that <see cref="Take"/> made, for whoever reads or writes without .NET's streams; the stream is closed.</summary>
    public static SafeFileHandle Take(Stream stream)
    {
        using var pipe = (PipeStream)stream;
        return new SafeFileHandle(Libc.Duplicate((int)pipe.SafePipeHandle.DangerousGetHandle()), ownsHandle: true);
    }

    public static Stream Take(Stream stream, PipeDirection direction)
    {
        if (stream is not PipeStream pipe) throw new LaunchException($"A pipe was expected of the process, not a {stream.GetType().Name}.");

        var handle = pipe.SafePipeHandle;
        var held = false;
        try
        {
            handle.DangerousAddRef(ref held);
            var own = new SafePipeHandle(Libc.Duplicate((int)handle.DangerousGetHandle()), ownsHandle: true);
            return new AnonymousPipeClientStream(direction, own);
        }
        finally
        {
            if (held) handle.DangerousRelease();
        }
    }
}
