namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>Compiles both filters at start, for the machine's own libseccomp and architecture.</summary>
internal static class SeccompFiles
{
    /// <summary>Why there are no filters; null where they are written.</summary>
    public static string? Write(RunDirectory run)
    {
        try
        {
            SeccompLibrary.Compile(SeccompPolicy.Outer, run.OuterFilterPath);
            SeccompLibrary.Compile(SeccompPolicy.Inner, run.InnerFilterPath);
            File.SetUnixFileMode(run.InnerFilterPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            return null;
        }
        catch (DllNotFoundException)
        {
            return "libseccomp.so.2 is not installed (Debian: libseccomp2)";
        }
        catch (LaunchException failure)
        {
            return failure.Message;
        }
    }
}
